import { Injectable, Logger } from '@nestjs/common';
import { ExecutionsQueue, ExecutionsRepository, type Queued, runKeyOf } from '@app/executions';
import { schedulerMetrics } from './scheduler-metrics.js';

/** Younger rows may be on their way from commit to hand-over. */
const HAND_OVER_MS = 5_000;
/** A few megabytes; the queue holds 10,000 messages of up to 16 runs each at most. */
const PAGE = 5_000;

/**
 * Brings the queue back in line with Postgres: after Redis lost its data, and after a process died between commit and
 * hand-over. Each row that should be in the queue is looked for by the ids of its messages: as many runs as rows would prove
 * nothing, while some are left over from before. Adding one that is there after all costs a message that finds nothing to do.
 */
@Injectable()
export class QueueReconciler {
  private readonly logger = new Logger(QueueReconciler.name);

  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly queue: ExecutionsQueue,
  ) {}

  /** @returns how many messages were added again */
  async reconcile(): Promise<number> {
    const [oldest] = await this.executions.queuedBefore(HAND_OVER_MS, null, 1);
    if (!oldest) return 0;
    // The messages first: a row that is queued still after that had its message then, or has lost it.
    const inQueue = await this.queue.runKeys();
    let total = 0;
    for await (const rows of this.pages()) {
      const lost = rows.filter((row) => !inQueue.has(runKeyOf(row)));
      await this.handOverAgain(lost);
      total += lost.length;
    }
    return total;
  }

  private async *pages(): AsyncGenerator<readonly Queued[], void> {
    let after: Queued | null = null;
    do {
      const rows: Queued[] = await this.executions.queuedBefore(HAND_OVER_MS, after, PAGE);
      yield rows;
      after = rows.length < PAGE ? null : (rows.at(-1) ?? null);
    } while (after);
  }

  private async handOverAgain(lost: readonly Queued[]): Promise<void> {
    if (lost.length === 0) return;
    await this.queue.add(lost);
    schedulerMetrics.reconciled.inc(lost.length);
    this.logger.warn(`the queue has lost ${lost.length} executions: handed over again`);
  }
}
