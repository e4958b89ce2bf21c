import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '@app/platform/config';
import { Clock } from '@app/platform/clock';
import { failPoint } from '@app/platform/fail-point';
import type { PlacedMessage, QueuedRun } from '../domain/queue-message.js';
import { ExecutionsQueue } from '../executions.queue.js';
import { ExecutionRunner } from './execution-runner.js';
import { RunSlots } from './run-slots.js';

/** Messages taken at once: enough to keep up with runs that come one a message (some 3,000/s at 10 ms each). */
const MOST_MESSAGES = 32;
/** A run that finds no slot here for so long is passed on: another worker may have one. */
const HOLD_MS = 50;
/** As long as the queue is away it waits here, and this is how often a line in the log says so. */
const HOLD_WHILE_AWAY_MS = 1_000;

/**
 * Lets the runs of a message begin. A message may go when each of its runs is claimed, and so kept by this worker's lease,
 * or passed on. It is taken into a slot that was kept for it, so that each brings at least one run; the others begin where
 * slots are free. And it holds up the next message until a slot is free for that.
 */
@Injectable()
export class MessageTaker {
  private readonly logger = new Logger(MessageTaker.name);
  private readonly slots: RunSlots;
  private readonly inFlight = new Set<Promise<void>>();
  private isStopped = false;
  /** How many messages may be taken at once; each has a slot kept for it. */
  readonly concurrency: number;

  constructor(
    config: AppConfig,
    private readonly runner: ExecutionRunner,
    private readonly queue: ExecutionsQueue,
    private readonly clock: Clock,
  ) {
    this.concurrency = Math.min(Math.ceil(config.workerConcurrency / 2), MOST_MESSAGES);
    this.slots = new RunSlots(config.workerConcurrency - this.concurrency);
  }

  /** @returns when the message may go and another one be taken */
  async take({ place, runs }: PlacedMessage): Promise<void> {
    const [first, ...others] = runs;
    const claims = first ? [this.begin(first)] : [];
    await this.beginOrPassOn(place, others, claims);
    await Promise.all(claims);
    await this.slots.take();
  }

  /** Whoever waits for a slot is passed on. */
  stop(): void {
    this.isStopped = true;
    this.slots.close();
  }

  /** @returns when all runs have ended */
  async drain(): Promise<void> {
    await Promise.all(this.inFlight);
  }

  private async beginOrPassOn(
    place: number,
    runs: readonly QueuedRun[],
    claims: Promise<void>[],
  ): Promise<void> {
    let waiting = runs.slice(await this.beginWithin(HOLD_MS, runs, claims));
    while (waiting.length > 0 && !(await this.passOn({ place, runs: waiting }))) {
      waiting = waiting.slice(await this.beginWithin(HOLD_WHILE_AWAY_MS, waiting, claims));
    }
  }

  /** @returns how many found a slot in time */
  private async beginWithin(
    holdMs: number,
    runs: readonly QueuedRun[],
    claims: Promise<void>[],
  ): Promise<number> {
    const untilMs = this.clock.monotonicMs() + holdMs;
    for (const [index, run] of runs.entries()) {
      if (!(await this.slots.take(untilMs - this.clock.monotonicMs()))) return index;
      claims.push(this.begin(run));
    }
    return runs.length;
  }

  /** In a slot that was taken for it. @returns when it is claimed, or will not run here */
  private begin(run: QueuedRun): Promise<void> {
    return new Promise((claimed) => {
      const ended = this.runner
        .run(run, claimed)
        .catch((error: Error) => this.logger.error(`execution ${run.executionId}: ${error.message}`))
        .finally(() => {
          claimed();
          this.inFlight.delete(ended);
          this.slots.giveBack();
        });
      this.inFlight.add(ended);
    });
  }

  /** @returns false when the queue is away, and they have to wait here */
  private async passOn(message: PlacedMessage): Promise<boolean> {
    try {
      await this.queue.passOn(message);
      failPoint('after_passing_on');
      return true;
    } catch (error) {
      this.logger.warn(`${message.runs.length} executions are not passed on: ${(error as Error).message}`);
      // They are queued in Postgres still, and missed in the queue as soon as it is back.
      return this.isStopped;
    }
  }
}
