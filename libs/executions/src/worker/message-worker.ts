import { isNotConnectionError, type Job as Message, Worker, type WorkerOptions } from 'bullmq';
import type { QueueMessage } from '../domain/queue-message.js';
import { EXECUTIONS_QUEUE, received } from '../executions.queue.js';
import type { MessageTaker } from './message-taker.js';

/** Messages held at once. Each stays for a few ms, so this allows about 3,000 messages of one run a second. */
const MOST_MESSAGES = 32;
/** After an error of the queue BullMQ would wait for 15 s, half of what an outage may last beyond its end. */
const RETRY_QUEUE_AFTER_MS = 1_000;

/** What becomes of the slots that were reserved for a message and for the next one. */
interface Stay {
  /** Its slot is the taker's. */
  isTaken: boolean;
  /** The next one has a slot. */
  isNextReserved: boolean;
}

/**
 * BullMQ's worker with another main loop. BullMQ's own takes as many messages as it is told to have at once, whether there is
 * a slot for their runs or not; five full workers then took a message from one another, 50 ms each, for up to 4 s before one
 * with a slot had it (measured). This one asks for a message when the taker has reserved a slot for it.
 */
export class MessageWorker extends Worker<QueueMessage> {
  /** A message, the one that was taken in the call that let it go, and so on. */
  private readonly chains = new Set<Promise<void>>();
  private readonly stays = new WeakMap<Message<QueueMessage>, Stay>();

  constructor(
    private readonly taker: MessageTaker,
    options: WorkerOptions,
  ) {
    super(EXECUTIONS_QUEUE, (message: Message<QueueMessage>) => this.take(message), {
      ...options,
      runRetryDelay: RETRY_QUEUE_AFTER_MS,
      autorun: false,
    });
  }

  /** After an error BullMQ would wait for a notice alone: on Postgres, for an hour. */
  override get maximumBlockTimeout(): number {
    return this.opts.drainDelay!;
  }

  /** Until the taker is stopped. `close()` waits for what is here then. */
  override async run(): Promise<void> {
    this.mainLoopRunning = this.takeMessages();
    await this.mainLoopRunning;
  }

  private async takeMessages(): Promise<void> {
    await this.startStalledCheckTimer();
    this.lockManager.start();
    for (let asked = 0; (await this.taker.reserve()) && !this.closing; asked++) {
      const token = `${this.id}:${asked}`;
      const message = await this.ask(token);
      if (message) this.beginChain(message, token);
      else this.taker.unreserve();
      if (this.chains.size >= MOST_MESSAGES) await Promise.race(this.chains);
    }
    await Promise.all(this.chains);
  }

  /** @returns undefined when there was none for a second, or the queue is away */
  private async ask(token: string): Promise<Message<QueueMessage> | undefined> {
    try {
      return await this.getNextJob(token);
    } catch (error) {
      if (this.closing) return undefined;
      if (isNotConnectionError(error as Error)) this.emit('error', error as Error);
      await this.delay(RETRY_QUEUE_AFTER_MS);
      return undefined;
    }
  }

  private beginChain(first: Message<QueueMessage>, token: string): void {
    const chain = this.processFrom(first, token)
      .catch((error: Error) => void this.emit('error', error))
      .finally(() => this.chains.delete(chain));
    this.chains.add(chain);
  }

  private async processFrom(first: Message<QueueMessage>, token: string): Promise<void> {
    let message: Message<QueueMessage> | void = first;
    while (message) message = await this.processOne(message, token);
  }

  /** @returns the next message, if one was waiting and has a slot: BullMQ takes it in the call that lets this one go */
  private async processOne(
    message: Message<QueueMessage>,
    token: string,
  ): Promise<Message<QueueMessage> | void> {
    const stay: Stay = { isTaken: false, isNextReserved: false };
    this.stays.set(message, stay);
    try {
      const next = await this.processJob(message, token, () => stay.isNextReserved);
      if (next) stay.isNextReserved = false;
      return next;
    } finally {
      if (!stay.isTaken) this.taker.unreserve();
      if (stay.isNextReserved) this.taker.unreserve();
    }
  }

  private async take(message: Message<QueueMessage>): Promise<void> {
    const placed = received(message);
    const stay = this.stays.get(message)!;
    stay.isTaken = true;
    await this.taker.take(placed);
    stay.isNextReserved = await this.taker.reserveSoon();
  }
}
