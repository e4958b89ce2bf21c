import { Injectable, Logger } from '@nestjs/common';
import { ANSWER_TIMEOUT_MS } from '@app/platform/database';
import { ClaimsRepository } from './claims.repository.js';
import { RunsInFlight } from './runs-in-flight.js';
import { WorkerSession } from './worker-session.js';

const LOOK_EVERY_MS = 5_000;
/** A younger claim may still be on its way from the database to us; after this, whoever asked has given up waiting. */
const SETTLED_IN_MS = ANSWER_TIMEOUT_MS + 1_000;

/** Finds executions that this process holds without knowing: a claim that committed while its answer was lost. */
@Injectable()
export class OrphanReleaser {
  private readonly logger = new Logger(OrphanReleaser.name);
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly claims: ClaimsRepository,
    private readonly runs: RunsInFlight,
    private readonly session: WorkerSession,
  ) {}

  start(): void {
    this.timer = setInterval(() => void this.releaseOrphans(), LOOK_EVERY_MS);
  }

  stop(): void {
    if (this.timer) clearInterval(this.timer);
  }

  async releaseOrphans(olderThanMs: number = SETTLED_IN_MS): Promise<void> {
    const sessionId = this.session.currentId;
    if (!sessionId) return;
    try {
      const released = await this.claims.releaseOrphans(sessionId, this.runs.ids(), olderThanMs);
      for (const executionId of released)
        this.logger.warn('claimed and never run: released', { executionId });
    } catch (error) {
      this.logger.warn(`could not look for orphans: ${(error as Error).message}`);
    }
  }
}
