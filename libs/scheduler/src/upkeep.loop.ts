import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { Pulse } from '@app/platform/health';
import { settledWithin } from '@app/platform/waiting';
import { BulkPerformer } from './bulk-performer.js';
import { ExecutionPruner } from './execution-pruner.js';
import { ExecutionRescuer } from './execution-rescuer.js';
import { QueueReconciler } from './queue-reconciler.js';
import { StorageCounter } from './storage-counter.js';
import { schedulerMetrics } from './scheduler-metrics.js';

/** With a lease of 15 s a crashed worker's runs start again within 15 + 2 s and a dispatch. */
const RESCUE_EVERY_MS = 2_000;
const RECONCILE_EVERY_MS = 5_000;
const BULK_EVERY_MS = 1_000;
/** Looks which counts are due: each is every five minutes at most. */
const COUNT_EVERY_MS = 30_000;
const PRUNE_EVERY_MS = 3_600_000;
/** Tasks of a few statements, of 15 s at most each; pruning and bulk work may take as long as they need. */
const QUICK_TASKS = new Set(['rescue', 'reconcile']);
const STUCK_AFTER_MS = 300_000;
/** What is told to stop is at its last statement. */
const END_PATIENCE_MS = 15_000;

/** What keeps the clockwork whole: each task on its own period, never twice at once, and none stops another. */
@Injectable()
export class UpkeepLoop implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(UpkeepLoop.name);
  private readonly timers = new Map<string, NodeJS.Timeout>();
  private readonly rounds = new Map<string, Promise<void>>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly rescuer: ExecutionRescuer,
    private readonly reconciler: QueueReconciler,
    private readonly pruner: ExecutionPruner,
    private readonly storage: StorageCounter,
    private readonly bulk: BulkPerformer,
    private readonly pulse: Pulse,
  ) {}

  onApplicationBootstrap(): void {
    this.repeat('rescue', RESCUE_EVERY_MS, () => this.rescuer.rescueLost());
    this.repeat('reconcile', RECONCILE_EVERY_MS, () => this.reconciler.reconcile());
    this.repeat('bulk', BULK_EVERY_MS, () => this.bulk.performOpen());
    const { signal } = this.stopping;
    this.repeat('count_storage', COUNT_EVERY_MS, () => this.storage.countDue(signal));
    this.repeat('prune', PRUNE_EVERY_MS, () => this.pruner.prune(signal));
  }

  /** Before any hook that waits: what a round has left is another worker's, or the next round's. */
  onModuleDestroy(): void {
    this.stopping.abort();
    for (const timer of this.timers.values()) clearTimeout(timer);
    for (const task of QUICK_TASKS) this.pulse.stop(task);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await settledWithin(END_PATIENCE_MS, Promise.all(this.rounds.values()));
  }

  private repeat(task: string, everyMs: number, work: () => Promise<unknown>): void {
    if (QUICK_TASKS.has(task)) this.pulse.beat(task, STUCK_AFTER_MS);
    const round = work().then(
      () => schedulerMetrics.lastUpkeep.setToCurrentTime({ task }),
      (error: Error) => this.logger.warn(`${task} failed: ${error.message}`),
    );
    this.rounds.set(task, round);
    void round.then(() => {
      if (this.stopping.signal.aborted) return;
      this.timers.set(
        task,
        setTimeout(() => this.repeat(task, everyMs, work), everyMs),
      );
    });
  }
}
