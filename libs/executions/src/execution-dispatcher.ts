import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { runForAllServices } from '@app/platform/request-context';
import { failPoint } from '@app/platform/fail-point';
import { settledWithin } from '@app/platform/lifecycle';
import { ExecutionsQueue } from './executions.queue.js';
import { type Dispatched, ExecutionsRepository } from './executions.repository.js';
import { QueueRoom, type Room } from './queue-room.js';

const BATCH = 1_000;
/** While a flood is handed over, another service's run waits for this many batches: a quarter of a second. */
const BATCHES_BETWEEN_SHARES = 4;
/** Several processes each give places of their own: together they overfill the window by no more than this each. */
const MAX_PLACES = 5_000;
/** The longest that the scheduler's loop sleeps before it looks at what is due. */
const LOOP_SLEEP_MS = 500;
/** Places that were counted longer ago may be taken by others: a process that only serves the api counts when it has to. */
const PLACES_HOLD_MS = 2_000;
/** By then the queue's head may have moved on by a few bands: whoever took a place by it would stand behind it. */
const HEAD_HOLDS_MS = 100;
/** A queue that had room for nobody is left alone for so long: each of a thousand requests a second would look at it again. */
const FULL_HOLDS_MS = 250;
/** A command of a queue that is away fails after 5 s; what was not handed over is reconciled. */
const END_PATIENCE_MS = 6_000;
/** Under way at once; what comes meanwhile leaves together, so that a burst of single runs goes in batches. */
const MAX_HAND_OVERS = 2;

/**
 * The one way into the queue: first attempts, retries, delayed and manual runs all pass here. The commit comes first and
 * the hand-over after it; what is lost in between, the reconciler hands over again.
 *
 * While nothing waits and the queue has room, a due execution need not wait either: whoever inserts it asks for a place,
 * stores it as queued and has it handed over. That saves the update from pending, a third of what a fire costs Postgres.
 */
@Injectable()
export class ExecutionDispatcher implements OnApplicationShutdown {
  private readonly logger = new Logger(ExecutionDispatcher.name);
  private running: Promise<void> | null = null;
  private askedAgain = false;
  /** Places that may be given without a look at what waits; each round counts them anew. */
  private placesLeft = 0;
  private placesUntilMs = 0;
  private readonly toHandOver: Dispatched[] = [];
  private handingOver = 0;
  private readonly handOvers = new Set<Promise<unknown>>();
  private lookAgainAtMs = 0;
  private fullUntilMs = 0;

  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly queue: ExecutionsQueue,
    private readonly room: QueueRoom,
    private readonly clock: Clock,
  ) {}

  /** Hands over what is due, as far as the queue has room. @returns how many executions went to it */
  async dispatchDue(): Promise<number> {
    const { total, roomLeft } = await this.dispatchInOrder();
    this.placesLeft = Math.min(roomLeft, MAX_PLACES);
    this.placesUntilMs = this.clock.monotonicMs() + PLACES_HOLD_MS;
    if (roomLeft > 0) return total;
    const handedOver = total + (await this.dispatchShares());
    if (handedOver === 0) this.fullUntilMs = this.clock.monotonicMs() + FULL_HOLDS_MS;
    return handedOver;
  }

  /** A place in the queue for a due execution that nothing limits: store it as queued, then `handOverSoon`. */
  takePlace(): boolean {
    if (this.placesLeft <= 0 || this.clock.monotonicMs() > this.placesUntilMs) return false;
    this.placesLeft -= 1;
    return true;
  }

  /** For what was committed as queued; in the background, so that the next batch is fired meanwhile. */
  handOverSoon(queued: readonly Dispatched[]): void {
    this.toHandOver.push(...queued);
    if (this.handingOver >= MAX_HAND_OVERS) return;
    this.handingOver += 1;
    const handOver = runForAllServices(() => this.handOverWaiting()).finally(() =>
      this.handOvers.delete(handOver),
    );
    this.handOvers.add(handOver);
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
    await settledWithin(END_PATIENCE_MS, Promise.all([this.running, ...this.handOvers]));
  }

  private async handOverWaiting(): Promise<void> {
    while (this.toHandOver.length > 0) {
      if (this.clock.monotonicMs() > this.lookAgainAtMs) await this.look();
      await this.handOver(this.toHandOver.splice(0, BATCH)).catch((error: Error) =>
        this.logger.warn(`hand-over failed: ${error.message}`),
      );
    }
    this.handingOver -= 1;
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
    let free = (await this.look())?.free ?? 0;
    for (let batches = 1; free > 0; batches++) {
      const limit = Math.min(BATCH, free);
      const { dispatched, seen } = await this.executions.dispatchDue(limit);
      const held = await this.handOverBeforeHeld(dispatched, limit);
      if (held === null) break;
      total += dispatched.length + held.length;
      free -= dispatched.length + held.length;
      if (seen < limit && held.length < limit) return { total, roomLeft: free };
      if (batches % BATCHES_BETWEEN_SHARES === 0) total += await this.dispatchShares();
      // Sixteen runs may have taken the room of one.
      if (free <= 0) free = (await this.look())?.free ?? 0;
    }
    return { total, roomLeft: 0 };
  }

  /** More is due than fits: whoever has not had its share of the queue passes those who have. */
  private async dispatchShares(): Promise<number> {
    let total = 0;
    for (;;) {
      const room = await this.look();
      if (!room || room.reserve === 0) return total;
      const limit = Math.min(BATCH, room.reserve);
      const { dispatched } = await this.executions.dispatchShares(limit, room.ahead);
      const held = await this.handOverBeforeHeld(dispatched, limit, room.ahead);
      if (held === null || dispatched.length + held.length === 0) return total;
      total += dispatched.length + held.length;
    }
  }

  /**
   * At once, and then what was held: looking through that takes as long as there is much of it.
   * @returns what was held and may run now; null when the queue refused
   */
  private async handOverBeforeHeld(
    dispatched: readonly Dispatched[],
    limit: number,
    ahead?: Room['ahead'],
  ): Promise<readonly Dispatched[] | null> {
    if (!(await this.handOver(dispatched))) return null;
    const held = await this.executions.dispatchHeld(limit, ahead);
    return (await this.handOver(held)) ? held : null;
  }

  /** What it tells of the queue's head is what places are counted from. */
  private look(): Promise<Room | null> {
    this.lookAgainAtMs = this.clock.monotonicMs() + HEAD_HOLDS_MS;
    return this.room.look();
  }

  /** @returns false when the queue refused; the rows are then pending again, and a later round tries once more */
  private async handOver(dispatched: readonly Dispatched[]): Promise<boolean> {
    if (dispatched.length === 0) return true;
    failPoint('after_commit_before_hand_over');
    try {
      await this.queue.add(dispatched);
      failPoint('after_hand_over');
      return true;
    } catch (error) {
      this.logger.warn(`the queue refused ${dispatched.length} executions: ${(error as Error).message}`);
      this.placesLeft = 0;
      await this.executions.takeBack(dispatched);
      return false;
    }
  }
}
