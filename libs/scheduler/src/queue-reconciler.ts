import { Injectable, Logger } from '@nestjs/common';
import { ExecutionsQueue, ExecutionsRepository, messageIdOf, type Queued } from '@app/executions';
import { schedulerMetrics } from './scheduler-metrics.js';

/** Younger rows may be on their way from commit to hand-over. */
const HAND_OVER_MS = 5_000;
/** The queue holds 40,000 at most: eight pages, of a few megabytes each. */
const PAGE = 5_000;

/**
 * Brings the queue back in line with Postgres: after Redis lost its data, and after a process died between commit and
 * hand-over. Each row that should be in the queue is looked for by its message's id: as many messages as rows would prove
 * nothing, while some are left over from before. Adding one that is there after all changes nothing.
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
    const messages = await this.queue.messageIds();
    let total = 0;
    for await (const rows of this.pages()) {
      const lost = rows.filter((row) => !messages.has(messageIdOf(row)));
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
