import { Injectable, Logger } from '@nestjs/common';
import { ClaimsRepository } from './claims.repository.js';
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

  private async look(): Promise<void> {
    const sessionId = this.session.currentId;
    if (this.runs.size === 0 || !sessionId) return;
    try {
      for (const id of await this.claims.cancelRequested(sessionId)) {
        this.runs.abort(id, { type: 'cancelled', message: 'cancelled on request' });
      }
    } catch (error) {
      this.logger.warn(`could not look for cancel requests: ${(error as Error).message}`);
    }
  }
}
