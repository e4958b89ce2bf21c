import { firesAllOf } from './misfire.js';
import { type PlannedFiring, skipped } from './planned-firing.js';
import type { RunMeter } from './run-meter.js';
import type { Schedule } from './schedule.js';

/** The runs of one schedule that have not ended yet. */
export interface UnfinishedRuns {
  /** Pending without a hold, queued or running. */
  readonly activeCount: number;
  /** Pending and held for overlap. */
  readonly heldCount: number;
  /** The one that a skipped firing names. */
  readonly blockingExecutionId: string | null;
}

export const NO_UNFINISHED_RUNS: UnfinishedRuns = { activeCount: 0, heldCount: 0, blockingExecutionId: null };

/**
 * Lets the firings of one plan through, oldest first, each seeing the earlier ones as active runs.
 *
 * Catch-up runs under `fire_all` wait for one another whatever the policy (except `allow`): somebody asked for all of
 * them, so skipping them because of each other would undo the answer.
 */
export class OverlapGate {
  readonly #catchupWaits: boolean;
  #isBusy: boolean;
  #heldCount: number;
  #blockedBy: Readonly<Record<string, unknown>>;

  /**
   * @param newestRun under `cancel_running` each firing ends the one before, so only this one of a plan runs
   * @param meter what it does not let through is in nobody's way
   */
  constructor(
    private readonly schedule: Schedule,
    runs: UnfinishedRuns,
    private readonly newestRun: number | null,
    private readonly meter: RunMeter,
  ) {
    this.#catchupWaits = schedule.overlapPolicy !== 'allow' && firesAllOf(schedule);
    this.#isBusy = runs.activeCount + runs.heldCount > 0;
    this.#heldCount = runs.heldCount;
    this.#blockedBy = { blockingExecutionId: runs.blockingExecutionId };
  }

  admit(firing: PlannedFiring): PlannedFiring {
    if (firing.state !== 'pending') return firing;
    const admitted = this.meter.admit(this.#decide(firing));
    if (admitted.hold === 'overlap') this.#heldCount += 1;
    if (admitted.state === 'pending' && !this.#isBusy) {
      this.#isBusy = true;
      this.#blockedBy = blockedBy(admitted.scheduledFor);
    }
    return admitted;
  }

  #decide(firing: PlannedFiring): PlannedFiring {
    if (firing.trigger === 'catchup' && this.#catchupWaits) return this.#waitIfBusy(firing);
    switch (this.schedule.overlapPolicy) {
      case 'allow':
        return firing;
      case 'skip':
        return this.#isBusy ? skipped(firing, 'overlap', this.#blockedBy) : firing;
      case 'buffer_one':
        return this.#heldCount > 0 ? skipped(firing, 'overlap', this.#blockedBy) : this.#waitIfBusy(firing);
      case 'buffer_all':
        return this.#waitIfBusy(firing);
      case 'cancel_running':
        return this.#waitOrYield(firing);
    }
  }

  #waitIfBusy(firing: PlannedFiring): PlannedFiring {
    return this.#isBusy ? { ...firing, hold: 'overlap' } : firing;
  }

  #waitOrYield(firing: PlannedFiring): PlannedFiring {
    if (this.newestRun === null || firing.scheduledFor >= this.newestRun) return this.#waitIfBusy(firing);
    return skipped(firing, 'overlap', blockedBy(this.newestRun));
  }
}

function blockedBy(scheduledFor: number): Readonly<Record<string, unknown>> {
  return { blockingScheduledFor: new Date(scheduledFor).toISOString() };
}
