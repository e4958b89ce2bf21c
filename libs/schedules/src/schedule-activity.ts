import { endReasonWhileInactive, isFinished, runsLeftOf } from './domain/finish-reason.js';
import { accountedUntil } from './domain/leftovers.js';
import type { Recurrence } from './domain/recurrence.js';
import type { Catchup, Schedule } from './domain/schedule.js';
import { compileAccepted } from './schedule-acceptance.js';
import { endedBy, putOnClock, type RevisionContext } from './schedule-revision.js';
import { scheduleFinished } from './schedules.errors.js';

/** What `pauseReason` says when nobody gave one. */
export const NO_REASON_GIVEN = 'paused';

type Moment = Pick<RevisionContext, 'now' | 'jobActive'>;

/** `pausedAt` stands before the first instant that nobody has accounted for, so that a resume finds it. */
export function paused(schedule: Schedule, reason: string, now: Date): Schedule {
  const beforeNext = accountedUntil(schedule) ?? Infinity;
  return {
    ...schedule,
    active: false,
    pauseReason: reason,
    pausedAt: new Date(Math.min(now.getTime(), beforeNext)),
    nextRunAt: null,
    catchupOverride: null,
  };
}

/**
 * @param catchup what becomes of the instants of the pause; the firer carries it out. Where the job is inactive they are
 *   leftovers, and the schedule goes on after them, or ends with them.
 * @throws ProblemError `schedule_finished`
 */
export function resumed(
  schedule: Schedule,
  recurrence: Recurrence,
  catchup: Catchup,
  { now, jobActive }: Moment,
): Schedule {
  const next = recurrence.nextAfter((schedule.pausedAt ?? now).getTime());
  if (isFinished(schedule) || next === null) throw scheduleFinished(schedule.id, schedule.pauseReason);
  // The firer would end it without a word about the pause; so its instants stay owed.
  if (runsLeftOf(schedule) === 0) throw scheduleFinished(schedule.id, 'max_runs_reached');
  if (!jobActive && recurrence.nextAfter(now.getTime()) === null)
    return { ...schedule, ...endedBy(endReasonWhileInactive(schedule)) };
  const isBehind = jobActive && next <= now.getTime();
  return {
    ...schedule,
    ...putOnClock(new Date(next), { jobActive }),
    catchupOverride: isBehind ? catchup : null,
  };
}

/**
 * What a change made of `current`, as active as its client wants it: undefined, or true of one that was active, as the
 * change left it. What a pause missed does not run then.
 * @throws ProblemError `schedule_finished`, or naming the field that cannot be computed
 */
export function switched(
  current: Schedule,
  changed: Schedule,
  active: boolean | undefined,
  moment: Moment,
): Schedule {
  if (active === undefined || active === changed.active) return changed;
  if (!active) return paused(changed, NO_REASON_GIVEN, moment.now);
  if (current.active) return changed;
  return resumed(changed, compileAccepted(changed, changed.id), 'none', moment);
}
