import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { failPoint } from '@app/platform/fail-point';
import { ExecutionsQueue } from './executions.queue.js';
import { type Dispatched, ExecutionsRepository } from './executions.repository.js';

const BATCH = 1_000;
/** Enough to keep any number of workers busy until the next round; a backlog waits in Postgres, where it is in order. */
const QUEUE_WINDOW = 20_000;
/** Several processes each give places of their own: together they overfill the window by no more than this each. */
const MAX_PLACES = 5_000;
/** The longest that the scheduler's loop sleeps before it looks at what is due. */
const LOOP_SLEEP_MS = 500;

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
  private readonly handOvers = new Set<Promise<unknown>>();

  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly queue: ExecutionsQueue,
  ) {}

  /** Hands over what is due, as far as the queue has room. @returns how many executions went to it */
  async dispatchDue(): Promise<number> {
    let total = 0;
    let isDrained = false;
    let room = await this.room();
    while (room > 0) {
      const limit = Math.min(BATCH, room);
      const { dispatched, seen } = await this.executions.dispatchDue(limit);
      const held = await this.executions.dispatchHeld(limit);
      if (!(await this.handOver([...dispatched, ...held]))) break;
      total += dispatched.length + held.length;
      room -= dispatched.length + held.length;
      isDrained = seen < limit && held.length < limit;
      if (isDrained) break;
    }
    this.placesLeft = isDrained ? Math.min(room, MAX_PLACES) : 0;
    return total;
  }

  /** A place in the queue for a due execution that nothing limits: store it as queued, then `handOverSoon`. */
  takePlace(): boolean {
    if (this.placesLeft <= 0) return false;
    this.placesLeft -= 1;
    return true;
  }

  /** For what was committed as queued; in the background, so that the next batch is fired meanwhile. */
  handOverSoon(queued: readonly Dispatched[]): void {
    const handOver = this.handOver(queued)
      .catch((error: Error) => this.logger.warn(`hand-over failed: ${error.message}`))
      .finally(() => this.handOvers.delete(handOver));
    this.handOvers.add(handOver);
  }

  /** Dispatches soon, in the background; any number of calls meanwhile share one round. */
  nudge(): void {
    if (this.running) {
      this.askedAgain = true;
      return;
    }
    this.running = this.dispatchWhileAsked().finally(() => (this.running = null));
  }

  /** For what falls due within the scheduler loop's sleep; later instants are the loop's own. */
  nudgeIn(delayMs: number): void {
    if (delayMs <= LOOP_SLEEP_MS) setTimeout(() => this.nudge(), delayMs).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    await Promise.all([this.running, ...this.handOvers]);
  }

  private async dispatchWhileAsked(): Promise<void> {
    do {
      this.askedAgain = false;
      await this.dispatchDue().catch((error: Error) => this.logger.warn(`dispatch failed: ${error.message}`));
    } while (this.askedAgain);
  }

  /** None while the queue is away: what is due then stays where it is, in Postgres. */
  private async room(): Promise<number> {
    try {
      return QUEUE_WINDOW - (await this.queue.size());
    } catch (error) {
      this.logger.warn(`the queue is away: ${(error as Error).message}`);
      return 0;
    }
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
