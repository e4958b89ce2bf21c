import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { runForAllServices } from '@app/platform/request-context';
import { settledWithin } from '@app/platform/waiting';
import { type Dispatched, DispatchRepository, type Waited } from './dispatch.repository.js';
import { isInLowPriorityLane } from '../domain/priority-lanes.js';
import { HandOvers } from './hand-overs.js';
import { QueuePlaces } from './queue-places.js';
import { QueueRoom, type Room } from './queue-room.js';
import { type DelayPart, observeDelay } from '../start-delay-metrics.js';

const BATCH = 1_000;
/** While a flood is handed over, another service's run waits for this many batches: a quarter of a second. */
const BATCHES_BETWEEN_SHARES = 4;
/** The longest that the scheduler's loop sleeps before it looks at what is due. */
const LOOP_SLEEP_MS = 500;
/** A queue that had room for nobody is left alone for so long: each of a thousand requests a second would look at it again. */
const FULL_FOR_MS = 250;
/** The longest that a round waits for a queue that is away. */
const END_PATIENCE_MS = 6_000;

/**
 * The way into the queue: first attempts, retries, delayed and manual runs all pass here, but for those that have a place
 * (QueuePlaces). The commit comes first and the hand-over after it.
 */
@Injectable()
export class ExecutionDispatcher implements OnApplicationShutdown {
  private readonly logger = new Logger(ExecutionDispatcher.name);
  private running: Promise<void> | null = null;
  private askedAgain = false;
  private fullUntilMs = 0;

  constructor(
    private readonly dispatches: DispatchRepository,
    private readonly room: QueueRoom,
    private readonly places: QueuePlaces,
    private readonly handOvers: HandOvers,
    private readonly clock: Clock,
  ) {}

  /** Hands over what is due, as far as the queue has room. @returns how many executions went to it */
  async dispatchDue(): Promise<number> {
    const { total, roomLeft } = await this.dispatchInOrder();
    this.places.counted(roomLeft);
    if (roomLeft > 0) return total;
    const handedOver = total + (await this.dispatchShares());
    if (handedOver === 0) this.fullUntilMs = this.clock.monotonicMs() + FULL_FOR_MS;
    return handedOver;
  }

  /** Dispatches soon, in the background; any number of calls meanwhile share one round. A full queue is the loop's to watch. */
  nudge(): void {
    if (this.isFull()) return;
    if (this.running) {
      this.askedAgain = true;
      return;
    }
    this.running = runForAllServices(() => this.dispatchWhileAsked());
  }

  /** For what falls due within the scheduler loop's sleep; later instants are the loop's own. */
  nudgeIn(delayMs: number): void {
    if (delayMs <= LOOP_SLEEP_MS) setTimeout(() => this.nudge(), delayMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    await settledWithin(END_PATIENCE_MS, this.running ?? Promise.resolve());
  }

  private async dispatchWhileAsked(): Promise<void> {
    do {
      this.askedAgain = false;
      await this.dispatchDue().catch((error: Error) => this.logger.warn(`dispatch failed: ${error.message}`));
    } while (this.askedAgain && !this.isFull());
    // Cleared in the same tick as the last check: a nudge in between would be lost.
    this.running = null;
  }

  private isFull(): boolean {
    return this.clock.monotonicMs() < this.fullUntilMs;
  }

  /** The most urgent and then the oldest first, whosever they are. No room is left as long as more is due. */
  private async dispatchInOrder(): Promise<{ total: number; roomLeft: number }> {
    let total = 0;
    let free = (await this.room.look())?.free ?? 0;
    for (let batches = 1; free > 0; batches++) {
      const limit = Math.min(BATCH, free);
      const { dispatched, seen } = await this.dispatches.dispatchDue(limit);
      const held = await this.handOverThenHeld(dispatched, limit);
      if (held === null) break;
      total += dispatched.length + held.length;
      free -= dispatched.length + held.length;
      if (seen < limit && held.length < limit) return { total, roomLeft: free };
      if (batches % BATCHES_BETWEEN_SHARES === 0) total += await this.dispatchShares();
      // Sixteen runs may have taken the room of one.
      if (free <= 0) free = (await this.room.look())?.free ?? 0;
    }
    return { total, roomLeft: 0 };
  }

  /** More is due than fits: whoever has not had its share of the queue passes those who have. */
  private async dispatchShares(): Promise<number> {
    let total = 0;
    for (;;) {
      const room = await this.room.look();
      if (!room || room.reserve === 0) return total;
      const limit = Math.min(BATCH, room.reserve);
      const { dispatched } = await this.dispatches.dispatchShares(limit, room.ahead);
      const held = await this.handOverThenHeld(dispatched, limit, room.ahead);
      if (held === null || dispatched.length + held.length === 0) return total;
      total += dispatched.length + held.length;
    }
  }

  /**
   * At once, and then what was held: looking through that takes as long as there is much of it.
   * @returns what was held and may run now; null when the queue refused
   */
  private async handOverThenHeld(
    due: readonly (Dispatched & Waited)[],
    limit: number,
    ahead?: Room['ahead'],
  ): Promise<readonly Dispatched[] | null> {
    if (!(await this.handOvers.now(due))) return null;
    observeAll(
      'dispatch_wait',
      due.filter(({ priority }) => !isInLowPriorityLane(priority)),
    );
    const { dispatched, released } = await this.dispatches.dispatchHeld(limit, ahead);
    observeAll('overlap_wait', released);
    if (!(await this.handOvers.now(dispatched))) return null;
    observeAll('concurrency_wait', dispatched);
    return dispatched;
  }
}

function observeAll(part: DelayPart, rows: readonly Waited[]): void {
  for (const { waitedSeconds } of rows) observeDelay(part, waitedSeconds);
}
