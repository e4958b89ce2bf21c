import type { Fault } from '../checker/history.js';

const TICK_MS = 100;
const NOTABLE_MS = 400;
/** Every process of the site was starved as well, and has to catch up. */
const CATCH_UP_MS = 1_500;

/** Notes when the machine itself did not get to run us: a start that is late then says nothing about the product. */
export class MachineStalls {
  readonly faults: Fault[] = [];
  private expectedAt = Date.now() + TICK_MS;
  private readonly timer = setInterval(() => this.look(), TICK_MS);

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    const now = Date.now();
    if (now - this.expectedAt > NOTABLE_MS) this.note(this.expectedAt, now);
    this.expectedAt = now + TICK_MS;
  }

  private note(from: number, until: number): void {
    this.faults.push({
      kind: 'machine-stall',
      victim: 'this machine',
      from,
      until,
      recoveryMs: CATCH_UP_MS,
      recoveredAt: null,
      delaysStarts: true,
      costsTries: false,
    });
  }
}
