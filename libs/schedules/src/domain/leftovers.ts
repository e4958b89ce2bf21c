import type { RunAllowance } from '@app/access';
import { type FiringPlan, NOTHING_TO_FIRE, planFirings } from './firing-plan.js';
import { backlogOf } from './misfire.js';
import type { UnfinishedRuns } from './overlap.js';
import type { InstantRange } from './instants.js';
import { type CalendarCheck, type PlannedFiring, recordOf } from './planned-firing.js';
import type { Recurrence } from './recurrence.js';
import type { Schedule } from './schedule.js';

/** What took the instants off the clock. */
export type LeftoverReason = 'schedule_changed' | 'schedule_deleted' | 'job_deleted' | 'job_inactive';

/** Due instants that no scheduler has fired when something takes them off the clock. */
export interface Leftovers {
  /** As it was until then. */
  readonly schedule: Schedule;
  readonly range: InstantRange;
  readonly reason: LeftoverReason;
  /** What is not a misfire yet still runs, as if the scheduler had come first. */
  readonly mayRun: boolean;
}

/** Where a schedule's unaccounted instants lie; null when it has none, or is off the clock and owes nothing. */
export function unaccountedOf(schedule: Schedule, now: Date): InstantRange | null {
  const after = accountedUntil(schedule);
  return after !== null && after < now.getTime() ? { after, until: now.getTime() } : null;
}

/**
 * Just before the first instant that is owed, which may be to come; null when none is. An inactive job takes its schedules
 * off the clock, and of a rhythm the instants until its activation are not owed; a one-time schedule has no other one.
 */
export function accountedUntil(schedule: Schedule): number | null {
  const { nextRunAt, active, pausedAt, runAt } = schedule;
  if (nextRunAt !== null) return nextRunAt.getTime() - 1;
  if (isOffClock(schedule)) return runAt && runAt.getTime() - 1;
  return !active && pausedAt !== null ? pausedAt.getTime() : null;
}

/** Active and without a next instant: its job is inactive. */
export function isOffClock({ active, nextRunAt }: Schedule): boolean {
  return active && nextRunAt === null;
}

/** What becomes of each of them. At most one plan's runs, and three records. */
export function planLeftovers(
  leftovers: Leftovers,
  recurrence: Recurrence,
  circumstances: {
    readonly runs: UnfinishedRuns;
    readonly isExcluded: CalendarCheck;
    readonly quota?: RunAllowance | null;
  },
): FiringPlan {
  const { schedule, range, reason, mayRun } = leftovers;
  if (!mayRun) return recordLeftovers(leftovers, recurrence);
  const misfires = misfiresOf(schedule, range);
  const first = recurrence.nextAfter(Math.max(range.after, misfires.until));
  const onTime: Schedule = { ...schedule, nextRunAt: first === null ? null : new Date(first) };
  const plan = planFirings(onTime, recurrence, {
    now: range.until,
    job: { active: true },
    ...circumstances,
  });
  const tooMany = { after: (plan.nextRunAt ?? Infinity) - 1, until: range.until };
  return {
    ...plan,
    firings: [
      ...recordOf(recurrence, misfires, 'missed', reason),
      ...plan.firings,
      ...recordOf(recurrence, tooMany, 'missed', reason),
    ],
  };
}

/** One record of all. */
export function recordLeftovers({ range, reason }: Leftovers, recurrence: Recurrence): FiringPlan {
  return { ...NOTHING_TO_FIRE, firings: recordOf(recurrence, range, 'skipped', reason) };
}

/** Where the instants cannot be told: the one that was next, and why there may be others. */
export function planUnreadable({ range, reason }: Leftovers, error: Error): FiringPlan {
  const first: PlannedFiring = {
    scheduledFor: range.after + 1,
    state: 'missed',
    trigger: 'schedule',
    reason,
    reasonDetail: { error: error.message },
    dueAt: range.after + 1,
    hold: null,
  };
  return { ...NOTHING_TO_FIRE, firings: [first] };
}

/** A catch-up that somebody asked for is carried out all the same. */
function misfiresOf(schedule: Schedule, range: InstantRange): InstantRange {
  return schedule.catchupOverride === null
    ? backlogOf(schedule, range)
    : { after: range.after, until: range.after };
}
