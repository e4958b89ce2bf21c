/** How many runs this process has room for. Who finds none free waits in line. */
export class RunSlots {
  private readonly line = new Set<(hasSlot: boolean) => void>();
  /** Taken, and waiting for the next message; each until its timer ends. */
  private readonly kept = new Set<NodeJS.Timeout>();
  /** Of those, the ones whose time was cut short. */
  private readonly going = new Set<NodeJS.Timeout>();
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

  /** For a slot that was taken: it is kept for whoever asks for a kept one, and after that time given back. */
  keep(forMs: number): void {
    this.keepIn(this.kept, forMs);
  }

  /** One of those that are kept is given back after that time: what it is kept for comes by then, or not at all. */
  keepNoLongerThan(ms: number): void {
    if (takeOneOf(this.kept)) this.keepIn(this.going, ms);
  }

  /** @returns false when none is kept */
  takeKept(): boolean {
    return takeOneOf(this.going) || takeOneOf(this.kept);
  }

  /** The process ends: nobody waits any longer. */
  close(): void {
    this.isClosed = true;
    for (const next of [...this.line]) next(false);
    while (this.takeKept());
  }

  private keepIn(kept: Set<NodeJS.Timeout>, forMs: number): void {
    const timer = setTimeout(() => {
      kept.delete(timer);
      this.giveBack();
    }, forMs);
    kept.add(timer);
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

function takeOneOf(kept: Set<NodeJS.Timeout>): boolean {
  const [timer] = kept;
  clearTimeout(timer);
  return timer !== undefined && kept.delete(timer);
}
