import { setImmediate } from 'node:timers/promises';

/** Leases, probes and other requests wait no longer than this for a batch to give them their turn. */
const LONGEST_TURN_MS = 20;

/**
 * The turns of the event loop that a long batch of computing takes. A loop of `await`s alone keeps everybody else waiting:
 * what is resolved already goes on in the same turn.
 */
export class LoopTurns {
  private startedAt = performance.now();

  /** Call it once for each piece of the work. Gives everybody else a turn where this one has been long. */
  async pass(): Promise<void> {
    if (performance.now() - this.startedAt < LONGEST_TURN_MS) return;
    await setImmediate();
    this.startedAt = performance.now();
  }
}
