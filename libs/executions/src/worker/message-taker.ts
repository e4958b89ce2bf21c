import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '@app/platform/config';
import { Clock } from '@app/platform/clock';
import { failPoint } from '@app/platform/fail-point';
import type { PlacedMessage, QueuedRun } from '../domain/queue-message.js';
import { ExecutionsQueue } from '../executions.queue.js';
import { ExecutionRunner } from './execution-runner.js';
import { RunSlots } from './run-slots.js';

/** Taken at once, each for a few milliseconds: enough for some 3,000/s that carry one run each. */
const MOST_MESSAGES = 32;
/** A run that finds no slot here for so long is passed on: another worker may have one. */
const HOLD_MS = 50;
/** As long as the queue is away it waits here, and this is how often a line in the log says so. */
const HOLD_WHILE_AWAY_MS = 1_000;
/** A slot is kept for the next message for so long: with more waiting, BullMQ takes it in the call that lets the last one go. */
const KEEP_MS = 50;
/** A message names all that it brought: as long as it stays, the reconciler would not miss what was passed on and lost. */
const STAYS_AT_MOST_MS = 5_000;

/**
 * Lets the runs of a message begin, as many as there are slots for. The message may go when each of its runs is claimed, and
 * so is kept by this worker's lease, or passed on. A worker that is busy asks for the next one when it has a slot for it, or
 * 5 s later, and passes on after 50 ms what it takes without one.
 */
@Injectable()
export class MessageTaker {
  private readonly logger = new Logger(MessageTaker.name);
  private readonly slots: RunSlots;
  private readonly inFlight = new Set<Promise<void>>();
  private isStopped = false;
  /** How many messages may be taken at once. */
  readonly concurrency: number;

  constructor(
    config: AppConfig,
    private readonly runner: ExecutionRunner,
    private readonly queue: ExecutionsQueue,
    private readonly clock: Clock,
  ) {
    this.concurrency = Math.min(config.workerConcurrency, MOST_MESSAGES);
    this.slots = new RunSlots(config.workerConcurrency);
  }

  /** @returns when the message may go and another one be taken */
  async take(message: PlacedMessage): Promise<void> {
    const claims: Promise<void>[] = [];
    await this.beginOrPassOn(message, claims);
    await Promise.all(claims);
    if (await this.slots.take(STAYS_AT_MOST_MS)) this.slots.keep(KEEP_MS);
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

  private async beginOrPassOn({ place, runs }: PlacedMessage, claims: Promise<void>[]): Promise<void> {
    let waiting = runs.slice(this.beginInKeptSlot(runs, claims));
    waiting = waiting.slice(await this.beginWithin(HOLD_MS, waiting, claims));
    while (waiting.length > 0 && !(await this.passOn({ place, runs: waiting }))) {
      waiting = waiting.slice(await this.beginWithin(HOLD_WHILE_AWAY_MS, waiting, claims));
    }
  }

  /** @returns how many began: the first, or none */
  private beginInKeptSlot([first]: readonly QueuedRun[], claims: Promise<void>[]): number {
    if (!first || !this.slots.takeKept()) return 0;
    return claims.push(this.begin(first));
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
