import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { DispatchRepository, ExecutionDispatcher, WorkerSession } from '@app/executions';
import { Pulse } from '@app/platform/health';
import { sleep } from '@app/platform/waiting';
import { SchedulesRepository } from '@app/schedules';
import { schedulerMetrics } from './scheduler-metrics.js';
import { type FiringRound, ScheduleFirer } from './schedule-firer.js';

/** Work that another process makes due is seen within this time; our own wakes us exactly. */
const LONGEST_SLEEP_MS = 500;
/** A due row that another worker holds right now must not turn the loop into a spin. */
const SHORTEST_SLEEP_MS = 5;
const SLEEP_AFTER_FAILURE_MS = 1_000;
/** Its statements end after 15 s each, and a round has a handful, or a few for each schedule of a batch that is refused. */
const STUCK_AFTER_MS = 300_000;
/** While more is due than a batch holds: one batch is planned here while Postgres writes the other. */
const BATCHES_AT_ONCE = 2;

/** The clockwork: fires what is due, dispatches what is due, and sleeps until the next instant. */
@Injectable()
export class SchedulerLoop implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly logger = new Logger(SchedulerLoop.name);
  private readonly stopping = new AbortController();
  private loop: Promise<void> = Promise.resolve();
  private isBehind = false;

  constructor(
    private readonly firer: ScheduleFirer,
    private readonly dispatcher: ExecutionDispatcher,
    private readonly schedules: SchedulesRepository,
    private readonly dispatches: DispatchRepository,
    private readonly session: WorkerSession,
    private readonly pulse: Pulse,
  ) {}

  onApplicationBootstrap(): void {
    this.loop = this.run();
  }

  onModuleDestroy(): void {
    this.stopping.abort();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopping.signal.aborted) {
      this.pulse.beat('scheduler', STUCK_AFTER_MS);
      const sleepMs = await this.tick().catch((error: Error) => this.afterFailure(error));
      if (sleepMs > 0) await sleep(sleepMs, this.stopping.signal);
    }
    this.pulse.stop('scheduler');
  }

  /** @returns how long there is nothing to do */
  private async tick(): Promise<number> {
    const endTimer = schedulerMetrics.tickDuration.startTimer();
    const rounds = await this.fireBatches();
    this.isBehind = rounds.some(({ more }) => more);
    // Not awaited: the next batch is fired while this one is handed over.
    this.dispatcher.nudge();
    endTimer();
    schedulerMetrics.lastTick.setToCurrentTime();
    this.session.ticked();
    if (this.isBehind) return 0;
    return this.untilNext();
  }

  /** All of them have ended when one has failed: nothing of a round is left running behind the loop. */
  private async fireBatches(): Promise<FiringRound[]> {
    const batches = Array.from({ length: this.isBehind ? BATCHES_AT_ONCE : 1 }, () => this.firer.fireDue());
    await Promise.allSettled(batches);
    return Promise.all(batches);
  }

  /** By the database's clock as it is now: by the one that the round began with, each fire would be late by a round. */
  private async untilNext(): Promise<number> {
    const untilDue = await Promise.all([this.schedules.untilDueMs(), this.dispatches.untilDueMs()]);
    const waits = untilDue.filter((ms) => ms !== null);
    return Math.max(SHORTEST_SLEEP_MS, Math.min(LONGEST_SLEEP_MS, ...waits));
  }

  private afterFailure(error: Error): number {
    this.logger.warn(`tick failed: ${error.message}`);
    return SLEEP_AFTER_FAILURE_MS;
  }
}
