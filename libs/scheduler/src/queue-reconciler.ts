import { Injectable, Logger } from '@nestjs/common';
import { batches, DispatchRepository, ExecutionsQueue, type Queued, runKeyOf } from '@app/executions';
import { schedulerMetrics } from './scheduler-metrics.js';

/** Younger rows may be on their way from commit to hand-over. */
const HAND_OVER_MS = 5_000;
const BATCH = 5_000;

/**
 * Brings the queue back in line with Postgres: after Redis lost its data, and after a process died between commit and
 * hand-over. Each row that should be in the queue is looked for by the ids of its messages: as many runs as rows would prove
 * nothing, while some are left over from before. Adding one that is there after all costs a message that finds nothing to do.
 */
@Injectable()
export class QueueReconciler {
  private readonly logger = new Logger(QueueReconciler.name);

  constructor(
    private readonly dispatches: DispatchRepository,
    private readonly queue: ExecutionsQueue,
  ) {}

  /** @returns how many executions were handed over again */
  async reconcile(): Promise<number> {
    if (!(await this.dispatches.isAnyQueuedBefore(HAND_OVER_MS))) return 0;
    // The queue first: a row that is queued still after that was in it then, or is lost.
    const inQueue = await this.queue.runKeys();
    const missed = missing(await this.dispatches.queuedBefore(HAND_OVER_MS), inQueue);
    let total = 0;
    for (const batch of batches(missed, BATCH)) total += await this.handOverAgain(batch);
    return total;
  }

  /**
   * What a second look misses as well: in the first it may have been on its way from one message to another, or another
   * worker has handed it over since.
   */
  private async handOverAgain(missed: readonly Queued[]): Promise<number> {
    const lost = await this.dispatches.reconcileAlone(async () => {
      // Where the queue stands now: after a loss, at its beginning.
      await this.queue.look();
      const again = await this.dispatches.stillQueued(missing(missed, await this.queue.runKeys()));
      await this.queue.add(again);
      return again.length;
    });
    if (!lost) return 0;
    schedulerMetrics.reconciled.inc(lost);
    this.logger.warn(`the queue has lost ${lost} executions: handed over again`);
    return lost;
  }
}

function missing(rows: readonly Queued[], inQueue: ReadonlySet<string>): Queued[] {
  return rows.filter((row) => !inQueue.has(runKeyOf(row)));
}
