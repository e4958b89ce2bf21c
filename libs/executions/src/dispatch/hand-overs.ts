import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { failPoint } from '@app/platform/fail-point';
import { settledWithin } from '@app/platform/waiting';
import { runForAllServices } from '@app/platform/request-context';
import { type Dispatched, DispatchRepository } from './dispatch.repository.js';
import { ExecutionsQueue } from '../executions.queue.js';
import { QueuePlaces } from './queue-places.js';
import { QueueRoom } from './queue-room.js';

const BATCH = 1_000;
/** By then the queue's head may have moved on by a few bands: whoever took a place by it would stand behind it. */
const HEAD_VALID_MS = 100;
/** A command of a queue that is away fails after 5 s; what was not handed over is reconciled. */
const END_PATIENCE_MS = 6_000;
/** Of refusals by the queue. */
const SAID_EVERY_MS = 60_000;
/** Under way at once; what comes meanwhile leaves together, so that a burst of single runs goes in batches. */
const MAX_UNDER_WAY = 2;

/**
 * Puts executions into the queue that are committed as queued: what is lost between the commit and the hand-over, the
 * reconciler hands over again.
 */
@Injectable()
export class HandOvers implements OnApplicationShutdown {
  private readonly logger = new Logger(HandOvers.name);
  private readonly waiting: Dispatched[] = [];
  private running = 0;
  private silentUntilMs = 0;
  private readonly underWay = new Set<Promise<unknown>>();

  constructor(
    private readonly dispatches: DispatchRepository,
    private readonly queue: ExecutionsQueue,
    private readonly room: QueueRoom,
    private readonly places: QueuePlaces,
    private readonly clock: Clock,
  ) {}

  /** In the background, so that the next batch is fired meanwhile. */
  soon(queued: readonly Dispatched[]): void {
    this.waiting.push(...queued);
    if (this.running >= MAX_UNDER_WAY) return;
    this.running += 1;
    const handOver = runForAllServices(() => this.handOverWaiting()).finally(() =>
      this.underWay.delete(handOver),
    );
    this.underWay.add(handOver);
  }

  /** @returns false when the queue refused; the rows are then pending again, and a later round tries once more */
  async now(queued: readonly Dispatched[]): Promise<boolean> {
    if (queued.length === 0) return true;
    failPoint('after_commit_before_hand_over');
    try {
      await this.queue.add(queued);
      this.silentUntilMs = 0;
      failPoint('after_hand_over');
      return true;
    } catch (error) {
      this.sayRefused(queued.length, error as Error);
      this.places.close();
      await this.dispatches.takeBack(queued);
      return false;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await settledWithin(END_PATIENCE_MS, Promise.all(this.underWay));
  }

  /** Every round hears the same from a queue that is full or away. */
  private sayRefused(count: number, { message }: Error): void {
    if (this.clock.monotonicMs() < this.silentUntilMs) return;
    this.silentUntilMs = this.clock.monotonicMs() + SAID_EVERY_MS;
    this.logger.warn(`the queue refused ${count} executions, which wait: ${message}`);
  }

  private async handOverWaiting(): Promise<void> {
    while (this.waiting.length > 0) {
      await this.room.lookAfter(HEAD_VALID_MS);
      await this.now(this.waiting.splice(0, BATCH)).catch((error: Error) =>
        this.logger.warn(`hand-over failed: ${error.message}`),
      );
    }
    // In the same tick as the last check: what comes in between would wait for the one after it.
    this.running -= 1;
  }
}
