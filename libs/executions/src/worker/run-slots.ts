/** How many runs this process has room for. Who finds none free waits in line. */
export class RunSlots {
  private readonly line = new Set<(hasSlot: boolean) => void>();
  private isClosed = false;

  constructor(private free: number) {}

  /** @returns false when no slot became free in time, or none is to be had any more */
  take(withinMs?: number): Promise<boolean> {
    if (this.takeNow()) return Promise.resolve(true);
    const mayWait = !this.isClosed && (withinMs === undefined || withinMs > 0);
    return mayWait ? this.waitInLine(withinMs) : Promise.resolve(false);
  }

  /** @returns false when none is free: nobody passes those who wait in line */
  takeNow(): boolean {
    if (this.isClosed || this.free === 0) return false;
    this.free -= 1;
    return true;
  }

  giveBack(): void {
    const [first] = this.line;
    if (first) first(true);
    else this.free += 1;
  }

  /** The process ends: nobody waits any longer. */
  close(): void {
    this.isClosed = true;
    for (const next of [...this.line]) next(false);
  }

  private waitInLine(withinMs: number | undefined): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = withinMs === undefined ? undefined : setTimeout(() => leave(false), withinMs);
      const leave = (hasSlot: boolean): void => {
        clearTimeout(timer);
        this.line.delete(leave);
        resolve(hasSlot);
      };
      this.line.add(leave);
    });
  }
}
