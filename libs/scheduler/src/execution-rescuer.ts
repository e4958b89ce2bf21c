import { Injectable, Logger } from '@nestjs/common';
import { ExecutionDispatcher, RescueRepository } from '@app/executions';
import { schedulerMetrics } from './scheduler-metrics.js';

/** Gives the runs of dead workers to living ones. */
@Injectable()
export class ExecutionRescuer {
  private readonly logger = new Logger(ExecutionRescuer.name);

  constructor(
    private readonly rescues: RescueRepository,
    private readonly dispatcher: ExecutionDispatcher,
  ) {}

  /** @returns how many executions were taken from dead workers */
  async rescueLost(): Promise<number> {
    for (const sessionId of await this.rescues.endExpiredSessions()) {
      schedulerMetrics.sessionsExpired.inc();
      this.logger.warn(`session ${sessionId} has expired: its worker is gone`);
    }
    let total = 0;
    for (;;) {
      const rescued = await this.rescues.rescue();
      if (rescued.length === 0) break;
      total += rescued.length;
      for (const { id, state, service, jobId, scheduleId, attempt } of rescued) {
        schedulerMetrics.rescued.inc({ state });
        const fields = { service, jobId, scheduleId, executionId: id, attempt };
        this.logger.warn(`lost its worker and is ${state}`, fields);
      }
    }
    await this.rescues.closeSessions();
    if (total > 0) this.dispatcher.nudge();
    return total;
  }
}
