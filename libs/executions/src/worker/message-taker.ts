import { randomBytes } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '@app/platform/config';
import { Clock } from '@app/platform/clock';
import { failPoint } from '@app/platform/fail-point';
import type { PlacedMessage, QueuedRun } from '../domain/queue-message.js';
import { ExecutionsQueue } from '../executions.queue.js';
import { ExecutionRunner } from './execution-runner.js';
import { RunGate } from './run-gate.js';
import { RunSlots } from './run-slots.js';

/** What has waited this long without a slot coming free is passed on: another worker may have one. */
const SLOT_PATIENCE_MS = 50;
/** Where runs are short, waiting for a slot is cheaper than passing the message on; beyond this, an idle worker would be faster. */
const MESSAGE_PATIENCE_MS = 250;
/** While the queue is away the message stays here, and passing on is tried again this often. */
const RETRY_PASS_ON_MS = 1_000;

/** A message that is here: its runs that have not begun, and the claims of those that have. */
interface Taken {
  readonly message: PlacedMessage;
  readonly waiting: QueuedRun[];
  readonly claims: Promise<void>[];
}

/**
 * Lets the runs of a message begin, as many as there are slots for. A slot is reserved before a message is asked for, so a
 * worker that is full takes nothing from those that are not. The message may go when each of its runs is claimed, and so is
 * kept by this worker's lease, or passed on.
 */
@Injectable()
export class MessageTaker {
  private readonly logger = new Logger(MessageTaker.name);
  private readonly slots: RunSlots;
  private readonly inFlight = new Set<Promise<void>>();
  private isStopped = false;
  private isQueueAway = false;

  constructor(
    config: AppConfig,
    private readonly runner: ExecutionRunner,
    private readonly gate: RunGate,
    private readonly queue: ExecutionsQueue,
    private readonly clock: Clock,
  ) {
    this.slots = new RunSlots(config.workerConcurrency);
  }

  /** For the first run of the next message, when there is a slot for it. @returns false when the process ends */
  async reserve(): Promise<boolean> {
    while (await this.slots.take()) {
      if (this.gate.isOpen) return true;
      this.slots.giveBack();
      await this.gate.whenOpen();
    }
    return false;
  }

  /** The same for a message that is taken in the call that lets another one go. @returns false when no slot is free soon */
  async reserveSoon(): Promise<boolean> {
    return this.gate.isOpen && this.slots.take(SLOT_PATIENCE_MS);
  }

  /** There was no message. */
  unreserve(): void {
    this.slots.giveBack();
  }

  /** What came in a reserved slot. @returns when it may go */
  async take(message: PlacedMessage): Promise<void> {
    const taken: Taken = { message, waiting: [...message.runs], claims: [] };
    if (this.isStopped) this.slots.giveBack();
    else this.beginNext(taken);
    await this.beginWithin(MESSAGE_PATIENCE_MS, taken, SLOT_PATIENCE_MS);
    const mark = randomBytes(4).toString('hex');
    while (taken.waiting.length > 0 && !(await this.passOn(taken, mark)))
      await this.beginWithin(RETRY_PASS_ON_MS, taken);
    await Promise.all(taken.claims);
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

  /** As many as find a slot in time, each within `slotMs` of the one before it. */
  private async beginWithin(holdMs: number, taken: Taken, slotMs = holdMs): Promise<void> {
    const untilMs = this.clock.monotonicMs() + holdMs;
    const patienceMs = () => Math.min(slotMs, untilMs - this.clock.monotonicMs());
    while (taken.waiting.length > 0 && (await this.slots.take(patienceMs()))) this.beginNext(taken);
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
