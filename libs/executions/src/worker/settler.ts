import { Injectable, Logger } from '@nestjs/common';
import { retryWhileAway } from '@app/platform/database';
import type { Claim } from '../domain/claim.js';
import type { Attempt } from '../domain/execution.js';
import type { Settlement } from '../domain/settlement.js';
import { ExecutionDispatcher } from '../dispatch/execution-dispatcher.js';
import { ClaimsRepository, type Settled } from './claims.repository.js';
import { JobMetrics } from './job-metrics.js';
import { RunEvents } from './run-events.js';
import { runLogFields } from './run-log-fields.js';
import { runMetrics } from './run-metrics.js';

/**
 * Writes how a try ended, and does not give up while the database is away: the target has done its work, and losing the
 * result would run it again.
 */
@Injectable()
export class Settler {
  private readonly logger = new Logger(Settler.name);

  constructor(
    private readonly claims: ClaimsRepository,
    private readonly events: RunEvents,
    private readonly dispatcher: ExecutionDispatcher,
    private readonly jobMetrics: JobMetrics,
  ) {}

  async settle(claim: Claim, settlement: Settlement, attempt: Attempt): Promise<void> {
    const settled = await this.settleForSure(claim, settlement, attempt);
    if (!settled) return this.discard(claim, attempt);
    runMetrics.settled(claim, settlement, attempt);
    this.jobMetrics.settled(claim, settlement, attempt);
    if (settled.unblocks) this.dispatcher.nudge();
    if (settlement.type === 'retry') this.dispatcher.nudgeIn(settlement.delayMs);
    if (settlement.type === 'finished' && settlement.gone) await this.events.targetGone(claim);
  }

  private async settleForSure(
    claim: Claim,
    settlement: Settlement,
    attempt: Attempt,
  ): Promise<Settled | null> {
    try {
      return await this.patiently(claim, (tryNumber) =>
        this.settleOnce(claim, settlement, attempt, tryNumber),
      );
    } catch (error) {
      return this.settleWithoutResult(claim, settlement, attempt, error as Error);
    }
  }

  private patiently<T>(claim: Claim, work: (tryNumber: number) => Promise<T>): Promise<T> {
    return retryWhileAway(work, (error) =>
      this.logger.warn(`not settled yet: ${error.message}`, runLogFields(claim)),
    );
  }

  private async settleOnce(
    claim: Claim,
    settlement: Settlement,
    attempt: Attempt,
    tryNumber: number,
  ): Promise<Settled | null> {
    const settled = await this.claims.settle(claim, settlement, attempt);
    if (settled || tryNumber === 1) return settled;
    // No row after a failed call: that call may have committed and only its answer been lost.
    return (await this.claims.wasSettled(claim, attempt)) ? { unblocks: true } : null;
  }

  /** The database refuses the result itself: the run's state is worth more than its output. */
  private settleWithoutResult(
    claim: Claim,
    settlement: Settlement,
    attempt: Attempt,
    error: Error,
  ): Promise<Settled | null> {
    this.logger.error(`the result cannot be stored: ${error.message}`, runLogFields(claim));
    return this.patiently(claim, () => this.claims.settle(claim, { ...settlement, result: null }, attempt));
  }

  private async discard(claim: Claim, attempt: Attempt): Promise<void> {
    runMetrics.discarded();
    this.logger.warn('the result came too late and is discarded', runLogFields(claim));
    await this.claims.recordDiscarded(claim, attempt);
  }
}
