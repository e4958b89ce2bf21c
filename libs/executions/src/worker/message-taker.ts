import { randomBytes } from 'node:crypto';
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
/** As long as the queue is away it waits here, and tries again this often. */
const HOLD_WHILE_AWAY_MS = 1_000;
/** For the message that BullMQ takes in the call that lets the last one go: as long as that call may take. */
const KEEP_WHILE_ASKING_MS = 1_000;
/** And from its answer on: with a message in it, that is here in less than a millisecond. */
const KEEP_AFTER_ANSWER_MS = 10;
/** A message names all that it brought: as long as it stays, the reconciler would not miss what was passed on and lost. */
const STAYS_AT_MOST_MS = 5_000;

/** A message that is here: its runs that have not begun, and the claims of those that have. */
interface Taken {
  readonly message: PlacedMessage;
  readonly waiting: QueuedRun[];
  readonly claims: Promise<void>[];
}

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
  private isQueueAway = false;
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
    const taken: Taken = { message, waiting: [...message.runs], claims: [] };
    await this.beginOrPassOn(taken);
    await Promise.all(taken.claims);
    if (await this.slots.take(STAYS_AT_MOST_MS)) this.slots.keep(KEEP_WHILE_ASKING_MS);
  }

  /** A message that was here has gone, and the next one, if there is any, is about to be taken. */
  gone(): void {
    this.slots.keepNoLongerThan(KEEP_AFTER_ANSWER_MS);
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

  private async beginOrPassOn(taken: Taken): Promise<void> {
    const mark = randomBytes(4).toString('hex');
    if (this.slots.takeKept()) this.beginNext(taken);
    await this.beginWithin(HOLD_MS, taken);
    while (taken.waiting.length > 0 && !(await this.passOn(taken, mark)))
      await this.beginWithin(HOLD_WHILE_AWAY_MS, taken);
  }

  /** As many as find a slot in time. */
  private async beginWithin(holdMs: number, taken: Taken): Promise<void> {
    const untilMs = this.clock.monotonicMs() + holdMs;
    while (taken.waiting.length > 0 && (await this.slots.take(untilMs - this.clock.monotonicMs())))
      this.beginNext(taken);
  }

  private beginNext({ waiting, claims }: Taken): void {
    claims.push(this.begin(waiting.shift()!));
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
  private async passOn({ message, waiting }: Taken, mark: string): Promise<boolean> {
    try {
      await this.queue.passOn({ ...message, runs: waiting }, mark);
      failPoint('after_passing_on');
      this.isQueueAway = false;
      return true;
    } catch (error) {
      if (!this.isQueueAway)
        this.logger.warn(
          `the queue takes nothing back, what it brought waits here: ${(error as Error).message}`,
        );
      this.isQueueAway = true;
      // They are queued in Postgres still, and missed in the queue as soon as it is back.
      return this.isStopped;
    }
  }
}
