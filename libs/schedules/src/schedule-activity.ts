import { isFinished } from './domain/finish-reason.js';
import { accountedUntil } from './domain/leftovers.js';
import type { Recurrence } from './domain/index.js';
import type { Catchup, Schedule } from './domain/schedule.js';
import { compileAccepted } from './schedule-acceptance.js';
import { type RevisionContext, startedAt } from './schedule-revision.js';
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
    version: schedule.version + 1,
    updatedAt: now,
  };
}

/**
 * @param catchup what becomes of the instants of the pause; the firer carries it out
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
  const isBehind = jobActive && next <= now.getTime();
  return {
    ...schedule,
    ...startedAt(new Date(next), { jobActive }),
    catchupOverride: isBehind ? catchup : null,
    version: schedule.version + 1,
    updatedAt: now,
  };
}

/**
 * `schedule` as active as its client wants it; undefined: as it is. What a pause missed does not run then.
 * @throws ProblemError `schedule_finished`, or naming the field that cannot be computed
 */
export function switched(schedule: Schedule, active: boolean | undefined, moment: Moment): Schedule {
  if (active === undefined || active === schedule.active) return schedule;
  if (!active) return paused(schedule, NO_REASON_GIVEN, moment.now);
  return resumed(schedule, compileAccepted(schedule, schedule.id), 'none', moment);
}
