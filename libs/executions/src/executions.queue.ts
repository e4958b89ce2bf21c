import { randomBytes } from 'node:crypto';
import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { FairOrder } from './domain/fair-order.js';
import {
  anotherIdFor,
  messageIdOf,
  messageOf,
  pack,
  type PlacedMessage,
  type PlacedRun,
  type QueueMessage,
  runKeysOf,
} from './domain/queue-message.js';
import type { Dispatched } from './executions.repository.js';

export const EXECUTIONS_QUEUE = 'executions';

/**
 * On Postgres BullMQ makes two temporary tables for whatever is added in bulk, 1.5 ms of the server for one message or
 * thirty; eight by themselves cost half of that and one a twentieth (measured). On Redis runs start no later for it.
 */
const FEW_MESSAGES = 8;

/**
 * The door to BullMQ. Due times, retries and results are Postgres's: a message has one attempt, no delay, and leaves no
 * trace when it is done.
 */
@Injectable()
export class ExecutionsQueue {
  /** Whose turn it is: services share the queue, whatever each of them has in it. */
  readonly order = new FairOrder();

  constructor(@InjectQueue(EXECUTIONS_QUEUE) private readonly queue: Queue<QueueMessage>) {
    // BullMQ reports a lost connection here as well as by failing the call; without a listener it would end the process.
    this.queue.on('error', () => undefined);
  }

  /** Adding a message that is still in the queue changes nothing, so a hand-over may be repeated. */
  async add(dispatched: readonly Dispatched[]): Promise<void> {
    const messages = pack(dispatched.map((one) => this.placed(one))).map(addableOf);
    if (messages.length > FEW_MESSAGES) return void (await this.queue.addBulk(messages));
    await Promise.all(messages.map(({ name, data, opts }) => this.queue.add(name, data, opts)));
  }

  /** Back to the place that they had, for whoever has room for them; while the message that brought them is still there. */
  async passOn(message: PlacedMessage): Promise<void> {
    const { name, data, opts } = addableOf(message);
    await this.queue.add(name, data, {
      ...opts,
      jobId: anotherIdFor(opts.jobId, randomBytes(4).toString('hex')),
    });
  }

  /** Messages that wait or are being taken. */
  async size(): Promise<number> {
    return sumOf(await this.counts());
  }

  /** Messages by state, as BullMQ calls them. */
  counts(): Promise<Record<string, number>> {
    return this.queue.getJobCounts('wait', 'prioritized', 'active');
  }

  /** The size, having seen how far the queue has come. */
  async look(): Promise<number> {
    const counts = await this.counts();
    const head = counts['prioritized'] ? await this.headPlace() : null;
    if (head !== undefined) this.order.reached(head);
    return sumOf(counts);
  }

  /** Of all runs whose message waits or is being taken; asked for in the order in which they move, so that none slips by. */
  async runKeys(): Promise<ReadonlySet<string>> {
    const messageIds = await this.queue.getRanges(['wait', 'prioritized', 'active'], 0, -1);
    return new Set(messageIds.flatMap(runKeysOf));
  }

  /** Throws when the queue does not answer. */
  async ping(): Promise<void> {
    await this.queue.getJobCounts('active');
  }

  private placed({ id, delivery, service, priority, isolated }: Dispatched): PlacedRun {
    const run = { executionId: id, delivery, ...(isolated && { isolated }) };
    return { place: this.order.take(service, priority), run };
  }

  /** undefined: it was taken while we looked. */
  private async headPlace(): Promise<number | undefined> {
    const [head] = await this.queue.getJobs(['prioritized'], 0, 0, true);
    return head?.priority || undefined;
  }
}

function addableOf({ place, runs }: PlacedMessage) {
  return {
    name: 'run',
    data: messageOf(runs),
    opts: {
      jobId: messageIdOf(runs),
      priority: place,
      attempts: 1,
      removeOnComplete: true,
      removeOnFail: true,
    },
  };
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
