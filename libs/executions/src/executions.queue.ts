import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'bullmq';
import type { Dispatched } from './executions.repository.js';

export const EXECUTIONS_QUEUE = 'executions';

/** All that travels through the queue: nothing that could not be rebuilt from Postgres. */
export interface ExecutionMessage {
  readonly executionId: string;
  readonly delivery: number;
}

/**
 * The door to BullMQ. Due times, retries and results are Postgres's: a message has one attempt, no delay, and leaves no
 * trace when it is done.
 */
@Injectable()
export class ExecutionsQueue {
  constructor(@InjectQueue(EXECUTIONS_QUEUE) private readonly queue: Queue<ExecutionMessage>) {
    // BullMQ reports a lost connection here as well as by failing the call; without a listener it would end the process.
    this.queue.on('error', () => undefined);
  }

  /** Adding a message that is still in the queue changes nothing, so a hand-over may be repeated. */
  async add(dispatched: readonly Dispatched[]): Promise<void> {
    await this.queue.addBulk(
      dispatched.map(({ id, delivery, priority }) => ({
        name: 'run',
        data: { executionId: id, delivery },
        opts: {
          jobId: `${id}-${delivery}`,
          priority,
          attempts: 1,
          removeOnComplete: true,
          removeOnFail: true,
        },
      })),
    );
  }

  /** Entries that wait or are being worked on. */
  async size(): Promise<number> {
    return Object.values(await this.counts()).reduce((sum, count) => sum + count, 0);
  }

  /** Entries by state, as BullMQ calls them. */
  counts(): Promise<Record<string, number>> {
    return this.queue.getJobCounts('wait', 'prioritized', 'active');
  }

  /** Throws when the queue does not answer. */
  async ping(): Promise<void> {
    await this.queue.getJobCounts('active');
  }
}
