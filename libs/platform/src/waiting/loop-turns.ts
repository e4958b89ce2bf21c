import { setImmediate } from 'node:timers/promises';

/** Leases, probes and other requests wait no longer than this for a batch to give them their turn. */
const LONGEST_TURN_MS = 20;

/**
 * A line of batches that may be many at once, such as one for each request: in each round of the event loop only one of
 * them has a turn, in the order in which they asked. Sixty that gave way to all but each other would hold it for 60 turns.
 */
export class TurnLine {
  private last: Promise<void> = Promise.resolve();

  /** Resolves in a round of the loop that is nobody else's in this line. */
  next(): Promise<void> {
    this.last = this.last.then(() => setImmediate());
    return this.last;
  }
}

/**
 * The turns of the event loop that a long batch of computing takes. A loop of `await`s alone keeps everybody else waiting:
 * what is resolved already goes on in the same turn.
 */
export class LoopTurns {
  private startedAt = performance.now();

  /** @param line of the batches that it shares turns with; default none */
  constructor(private readonly line = new TurnLine()) {}

  /** Call it once for each piece of the work. Gives everybody else a turn where this one has been long. */
  async pass(): Promise<void> {
    if (performance.now() - this.startedAt < LONGEST_TURN_MS) return;
    await this.line.next();
    this.startedAt = performance.now();
  }
}
