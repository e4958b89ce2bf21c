import { Injectable, Logger } from '@nestjs/common';
import { ExecutionsQueue, ExecutionsRepository } from '@app/executions';
import { schedulerMetrics } from './scheduler-metrics.js';

/** Younger rows may be on their way from commit to hand-over. */
const HAND_OVER_MS = 5_000;
const BATCH = 5_000;

/**
 * Brings the queue back in line with Postgres: after Redis lost its data, and after a process died between commit and
 * hand-over. Adding a message that is still there changes nothing, so what looks lost is simply added again.
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
    const [expected, actual] = await Promise.all([this.executions.countActive(), this.queue.size()]);
    if (actual >= expected) return 0;
    const waiting = await this.executions.queuedBefore(HAND_OVER_MS, BATCH);
    if (waiting.length === 0) return 0;
    await this.queue.add(waiting);
    schedulerMetrics.reconciled.inc(waiting.length);
    this.logger.warn(`queue holds ${actual} of ${expected} executions: handed over ${waiting.length} again`);
    return waiting.length;
  }
}
