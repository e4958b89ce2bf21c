import { type FinishReason, isFinished, runsLeftOf } from './domain/finish-reason.js';
import { isSameDefinition, isSameTiming, type ScheduleDefinition } from './schedule-definition.js';
import type { Schedule } from './domain/schedule.js';
import type { RecurrenceCache } from './recurrence-cache.js';
import { firstRunAfter } from './schedule-acceptance.js';

/** What a revision depends on besides the schedule. */
export interface RevisionContext {
  readonly now: Date;
  /** The schedules of an inactive job are off the clock until its activation. */
  readonly jobActive: boolean;
  readonly recurrences: RecurrenceCache;
}

/**
 * `current` with what a client decided anew; the same object when that changes nothing.
 *
 * New timing counts from now, and so does a finished schedule that has instants or runs again. Any other change leaves
 * the next instant alone, and a paused schedule stays paused.
 * @throws ProblemError for timing that cannot be accepted
 */
export function revised(
  current: Schedule,
  definition: ScheduleDefinition,
  context: RevisionContext,
): Schedule {
  if (isSameDefinition(current, definition)) return current;
  const isRetimed = !isSameTiming(current, definition);
  const changed: Schedule = {
    ...current,
    ...definition,
    anchorAt: definition.startAt ?? current.createdAt,
  };
  // Its next instant is for the resume to find; a parked schedule may have none that can be computed.
  if (isPaused(current) && !isRetimed) return changed;
  const next = isRetimed ? firstRunAfter(context.now, changed, changed.id) : nextOfFinished(current, context);
  if (isPaused(current)) return { ...changed, pausedAt: context.now };
  if (runsLeftOf(changed) === 0) return { ...changed, ...endedBy('max_runs_reached') };
  return next === null ? changed : { ...changed, ...putOnClock(next, context) };
}

export function isPaused(schedule: Schedule): boolean {
  return !schedule.active && !isFinished(schedule);
}

/**
 * Where one that was finished, and has the same timing as before, goes on; one that is active stays where it is. By the stored
 * schedule: of a change that may yet be rolled back nothing must enter the cache.
 */
function nextOfFinished(schedule: Schedule, { now, recurrences }: RevisionContext): Date | null {
  if (!isFinished(schedule)) return null;
  const next = recurrences.readableOf(schedule).nextAfter(now.getTime());
  return next === null ? null : new Date(next);
}

/** On the clock from `next` on, with nothing of the past to catch up with. */
export function putOnClock(next: Date | null, { jobActive }: Pick<RevisionContext, 'jobActive'>) {
  return {
    active: true,
    pauseReason: null,
    pausedAt: null,
    catchupOverride: null,
    nextRunAt: jobActive ? next : null,
  } as const;
}

/** Off the clock for good, unless a change gives it instants or runs again. */
export function endedBy(reason: FinishReason) {
  return {
    active: false,
    pauseReason: reason,
    pausedAt: null,
    catchupOverride: null,
    nextRunAt: null,
  } as const;
}
