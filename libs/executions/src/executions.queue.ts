import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { FairOrder } from './domain/fair-order.js';
import type { Dispatched } from './executions.repository.js';

export const EXECUTIONS_QUEUE = 'executions';

/**
 * On Postgres BullMQ makes two temporary tables for whatever is added in bulk, 1.5 ms of the server for one message or
 * thirty; eight by themselves cost half of that and one a twentieth (measured). On Redis runs start no later for it.
 */
const FEW_MESSAGES = 8;

/** All that travels through the queue: nothing that could not be rebuilt from Postgres. */
export interface ExecutionMessage {
  readonly executionId: string;
  readonly delivery: number;
  /** It has taken two workers down, it seems: alone in its process it takes nobody else's run with it. */
  readonly isolated?: true;
}

/**
 * The door to BullMQ. Due times, retries and results are Postgres's: a message has one attempt, no delay, and leaves no
 * trace when it is done.
 */
@Injectable()
export class ExecutionsQueue {
  /** Whose turn it is: services share the queue, whatever each of them has in it. */
  readonly order = new FairOrder();

  constructor(@InjectQueue(EXECUTIONS_QUEUE) private readonly queue: Queue<ExecutionMessage>) {
    // BullMQ reports a lost connection here as well as by failing the call; without a listener it would end the process.
    this.queue.on('error', () => undefined);
  }

  /** Adding a message that is still in the queue changes nothing, so a hand-over may be repeated. */
  async add(dispatched: readonly Dispatched[]): Promise<void> {
    const messages = dispatched.map((one) => this.messageOf(one));
    if (messages.length > FEW_MESSAGES) return void (await this.queue.addBulk(messages));
    await Promise.all(messages.map(({ name, data, opts }) => this.queue.add(name, data, opts)));
  }

  /** Entries that wait or are being worked on. */
  async size(): Promise<number> {
    return sumOf(await this.counts());
  }

  /** Entries by state, as BullMQ calls them. */
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

  /** Of all messages that wait or are being worked on; asked for in the order in which they move, so that none slips by. */
  async messageIds(): Promise<ReadonlySet<string>> {
    return new Set(await this.queue.getRanges(['wait', 'prioritized', 'active'], 0, -1));
  }

  /** Throws when the queue does not answer. */
  async ping(): Promise<void> {
    await this.queue.getJobCounts('active');
  }

  private messageOf({ id, delivery, service, priority, isolated }: Dispatched) {
    return {
      name: 'run',
      data: { executionId: id, delivery, ...(isolated && { isolated }) },
      opts: {
        jobId: messageIdOf({ id, delivery }),
        priority: this.order.take(service, priority),
        attempts: 1,
        removeOnComplete: true,
        removeOnFail: true,
      },
    };
  }

  /** undefined: it was taken while we looked. */
  private async headPlace(): Promise<number | undefined> {
    const [head] = await this.queue.getJobs(['prioritized'], 0, 0, true);
    return head?.priority || undefined;
  }
}

/** One message a delivery: BullMQ ignores a second one with its id. */
export function messageIdOf({ id, delivery }: Pick<Dispatched, 'id' | 'delivery'>): string {
  return `${id}-${delivery}`;
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
