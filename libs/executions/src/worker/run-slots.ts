/** How many runs this process has room for. Who finds none free waits in line. */
export class RunSlots {
  private readonly line = new Set<(hasSlot: boolean) => void>();
  private isClosed = false;

  constructor(private free: number) {}

  /** @returns false when no slot became free in time, or none is to be had any more */
  take(withinMs?: number): Promise<boolean> {
    if (this.isClosed) return Promise.resolve(false);
    if (this.free > 0) {
      this.free -= 1;
      return Promise.resolve(true);
    }
    return withinMs === undefined || withinMs > 0 ? this.waitInLine(withinMs) : Promise.resolve(false);
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
