import { Injectable, Logger } from '@nestjs/common';
import { type CancelRequested, ClaimsRepository } from './claims.repository.js';
import { RunsInFlight } from './runs-in-flight.js';
import { WorkerSession } from './worker-session.js';

/** A cancel reaches its run within this time and one query, whichever api process took it. */
const LOOK_EVERY_MS = 500;

/** Ends the runs of this process that somebody asked to cancel. Asks nothing while nothing runs. */
@Injectable()
export class CancelWatcher {
  private readonly logger = new Logger(CancelWatcher.name);
  private timer: NodeJS.Timeout | null = null;
  private stopped = false;

  constructor(
    private readonly claims: ClaimsRepository,
    private readonly runs: RunsInFlight,
    private readonly session: WorkerSession,
  ) {}

  start(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => void this.look().finally(() => this.start()), LOOK_EVERY_MS);
  }

  stop(): void {
    this.stopped = true;
    if (this.timer) clearTimeout(this.timer);
  }

  /** Before the abort, so that a run never ends on a request that seems not to have reached it. */
  private async recordDelivery(sessionId: string, requested: readonly CancelRequested[]): Promise<void> {
    const ids = requested.filter(({ isNew }) => isNew).map(({ id }) => id);
    if (ids.length === 0) return;
    await this.claims
      .cancelDelivered(sessionId, ids)
      .catch((error: Error) => this.logger.warn(`could not record a cancel's delivery: ${error.message}`));
  }

  private async look(): Promise<void> {
    const sessionId = this.session.currentId;
    if (this.runs.size === 0 || !sessionId) return;
    try {
      const requested = await this.claims.cancelRequested(sessionId);
      await this.recordDelivery(sessionId, requested);
      for (const { id } of requested)
        this.runs.abort(id, { type: 'cancelled', message: 'cancelled on request' });
    } catch (error) {
      this.logger.warn(`could not look for cancel requests: ${(error as Error).message}`);
    }
  }
}
