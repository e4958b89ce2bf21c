import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { Job as Message, Queue } from 'bullmq';
import { Clock } from '@app/platform/clock';
import { FairOrder, type Position } from './domain/fair-order.js';
import {
  anotherIdFor,
  messageIdOf,
  messageOf,
  pack,
  placedMessage,
  type PlacedMessage,
  type PlacedRun,
  type QueueMessage,
  runKeysOf,
} from './domain/queue-message.js';
import type { Dispatched } from './dispatch/dispatch.repository.js';

export const EXECUTIONS_QUEUE = 'executions';

/**
 * On Postgres BullMQ makes two temporary tables for whatever is added in bulk, 1.5 ms of the server for one message or
 * thirty; eight by themselves cost half of that and one a twentieth (measured). On Redis runs start no later for it.
 */
const FEW_MESSAGES = 8;
/** Whoever saw the queue empty longer ago than this looks again before the first run of a new count: others may have begun one. */
const EMPTY_HOLDS_MS = 50;

/**
 * The door to BullMQ. Due times, retries and results are Postgres's: a message has one attempt, no delay, and leaves no
 * trace when it is done.
 */
@Injectable()
export class ExecutionsQueue {
  /** Whose turn it is: services share the queue, whatever each of them has in it. */
  readonly order = new FairOrder();
  private lookedAtMs = 0;
  private placed = 0;

  constructor(
    @InjectQueue(EXECUTIONS_QUEUE) private readonly queue: Queue<QueueMessage>,
    private readonly clock: Clock,
  ) {}

  /** May be repeated: of a run that is there in two messages, the one that is taken last finds nothing to do. */
  async add(dispatched: readonly Dispatched[]): Promise<void> {
    if (this.order.isAtRest && this.clock.monotonicMs() > this.lookedAtMs + EMPTY_HOLDS_MS) await this.look();
    await this.addAll(pack(dispatched.map((one) => this.place(one))).map((message) => addableOf(message)));
  }

  /**
   * Back to where they stood, for whoever has room for them; while the message that brought them is still there. In several
   * messages, so that they need not all wait for the next worker's slots.
   * @param mark of the message that they came in, so that passing on may be repeated
   */
  async passOn({ runs, ...position }: PlacedMessage, mark: string): Promise<void> {
    await this.look();
    const again = this.order.placeAgain(position);
    const messages = pack(runs.map((run) => ({ ...again, run })));
    await this.addAll(messages.map((message) => addableOf(message, mark)));
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
    const placedBefore = this.placed;
    const counts = await this.counts();
    const head = counts['prioritized'] ? await this.head() : null;
    this.lookedAtMs = this.clock.monotonicMs();
    // An empty queue is old news to whoever has placed a run since the question.
    const isKnown = head === undefined || (head === null && this.placed !== placedBefore);
    if (!isKnown) this.order.reached(head, this.clock.now().getTime());
    return sumOf(counts);
  }

  /**
   * Of all runs whose message waits or is being taken. On Postgres the states are read one after the other: what moves from a
   * later one to an earlier one meanwhile, as what is passed on does, is missed.
   */
  async runKeys(): Promise<ReadonlySet<string>> {
    const messageIds = await this.queue.getRanges(['wait', 'prioritized', 'active'], 0, -1);
    return new Set(messageIds.flatMap(runKeysOf));
  }

  /** Throws when the queue does not answer. */
  async ping(): Promise<void> {
    await this.queue.getJobCounts('active');
  }

  private async addAll(messages: readonly AddableMessage[]): Promise<void> {
    if (messages.length > FEW_MESSAGES) return void (await this.queue.addBulk([...messages]));
    await Promise.all(messages.map(({ name, data, opts }) => this.queue.add(name, data, opts)));
  }

  private place({ id, delivery, service, priority, isolated }: Dispatched): PlacedRun {
    this.placed += 1;
    const run = { executionId: id, delivery, ...(isolated && { isolated }) };
    return { ...this.order.take(service, priority), run };
  }

  /** undefined: it was taken while we looked. */
  private async head(): Promise<Position | undefined> {
    const [head] = await this.queue.getJobs(['prioritized'], 0, 0, true);
    return head?.priority ? received(head) : undefined;
  }
}

/** The runs of a message that was taken from the queue, and where it stood. */
export function received({ priority, data }: Message<QueueMessage>): PlacedMessage {
  return placedMessage(priority, data);
}

type AddableMessage = ReturnType<typeof addableOf>;

/** @param mark for another message of the same runs */
function addableOf(message: PlacedMessage, mark?: string) {
  const id = messageIdOf(message.runs);
  return {
    name: 'run',
    data: messageOf(message),
    opts: {
      jobId: mark ? anotherIdFor(id, mark) : id,
      priority: message.place,
      attempts: 1,
      removeOnComplete: true,
      removeOnFail: true,
    },
  };
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}
