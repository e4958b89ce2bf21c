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

  /** @returns how many executions were handed over again */
  async reconcile(): Promise<number> {
    const [oldest] = await this.executions.queuedBefore(HAND_OVER_MS, null, 1);
    if (!oldest) return 0;
    // The queue first: a row that is queued still after that was in it then, or is lost.
    const inQueue = await this.queue.runKeys();
    let total = 0;
    for await (const rows of this.pages()) total += await this.handOverAgain(missing(rows, inQueue));
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

  /**
   * What a second look misses as well: in the first it may have been on its way from one message to another, or another
   * worker has handed it over since.
   */
  private async handOverAgain(missed: readonly Queued[]): Promise<number> {
    if (missed.length === 0) return 0;
    const lost = await this.executions.reconcileAlone(async () => {
      // Where the queue stands now: after a loss, at its beginning.
      await this.queue.look();
      const again = missing(missed, await this.queue.runKeys());
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
