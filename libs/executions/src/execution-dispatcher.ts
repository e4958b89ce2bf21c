import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { failPoint } from '@app/platform/fail-point';
import { ExecutionsQueue } from './executions.queue.js';
import { type Dispatched, ExecutionsRepository } from './executions.repository.js';

const BATCH = 1_000;
/** Enough to keep any number of workers busy until the next round; a backlog waits in Postgres, where it is in order. */
const QUEUE_WINDOW = 20_000;
/** The longest that the scheduler's loop sleeps before it looks at what is due. */
const LOOP_SLEEP_MS = 500;

/**
 * The one way into the queue: first attempts, retries, delayed and manual runs all pass here. The commit comes first and
 * the hand-over after it; what is lost in between, the reconciler hands over again.
 */
@Injectable()
export class ExecutionDispatcher implements OnApplicationShutdown {
  private readonly logger = new Logger(ExecutionDispatcher.name);
  private running: Promise<void> | null = null;
  private askedAgain = false;

  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly queue: ExecutionsQueue,
  ) {}

  /** Hands over what is due, as far as the queue has room. @returns how many executions went to it */
  async dispatchDue(): Promise<number> {
    let total = 0;
    let room = await this.room();
    while (room > 0) {
      const limit = Math.min(BATCH, room);
      const { dispatched, seen } = await this.executions.dispatchDue(limit);
      const held = await this.executions.dispatchHeld(limit);
      if (!(await this.handOver([...dispatched, ...held]))) break;
      total += dispatched.length + held.length;
      room -= dispatched.length + held.length;
      if (seen < limit && held.length < limit) break;
    }
    return total;
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
    await this.running;
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
      await this.executions.takeBack(dispatched);
      return false;
    }
  }
}
