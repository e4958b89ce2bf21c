import { setTimeout as delay } from 'node:timers/promises';
import type { ScheduleModel } from '../checker/history.js';
import { instantsOf } from '../checker/oracle.js';
import type { ApiClient } from './api-client.js';
import type { TargetLog } from './target-log.js';

const POLL_MS = 250;
/** A plain instant is answered within this time of falling due when nothing is broken. */
const USUAL_MS = 2_500;

/** Finds out when a site serves again: every instant that was due has its answer, and nothing older is unfinished. */
export class RecoveryWatch {
  private readonly plain: readonly { scheduleId: string; instants: number[] }[];

  constructor(
    schedules: readonly ScheduleModel[],
    private readonly target: TargetLog,
    private readonly api: ApiClient,
  ) {
    // Only what must run once and succeed: an exclusive run may be skipped, an at-most-once run may be given up.
    this.plain = schedules
      .filter((model) => model.overlap === 'allow' && model.deliveryGuarantee === 'at_least_once')
      .map((model) => ({ scheduleId: model.scheduleId, instants: instantsOf(model) }));
  }

  /** @returns when it was seen to have recovered from a fault that ended at `until`; null when it was not in time */
  async recoveredAfter(until: number, patienceMs: number): Promise<number | null> {
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      const now = Date.now();
      if (now > until + USUAL_MS && this.outstanding(now - USUAL_MS) === 0 && (await this.isAtRest(until)))
        return now;
      await delay(POLL_MS);
    }
    return null;
  }

  /** Resolves when nothing is unfinished any more. @returns whether that came in time */
  async finished(patienceMs: number): Promise<boolean> {
    const deadline = Date.now() + patienceMs;
    while (Date.now() < deadline) {
      if (this.outstanding(Infinity) === 0 && (await this.isAtRest(Date.now()))) return true;
      await delay(POLL_MS);
    }
    return false;
  }

  /** How many plain instants up to then have no answer yet; forgets those that have. */
  private outstanding(dueUntil: number): number {
    return this.plain.reduce((total, schedule) => {
      const { scheduleId, instants } = schedule;
      schedule.instants = instants.filter(
        (scheduledFor) => scheduledFor > dueUntil || !this.target.hasAnswered({ scheduleId, scheduledFor }),
      );
      return total + schedule.instants.filter((scheduledFor) => scheduledFor <= dueUntil).length;
    }, 0);
  }

  private async isAtRest(dueBefore: number): Promise<boolean> {
    const before = new Date(dueBefore).toISOString();
    const unfinished = `/executions?state=pending,queued,running&to=${before}&limit=1`;
    try {
      return (await this.api.once<{ items: unknown[] }>(unfinished, {})).items.length === 0;
    } catch {
      return false;
    }
  }
}
