import type { InstantRange, Instants } from './instants.js';
import { jitterMs } from './recurrence.js';
import type { Schedule } from './schedule.js';

/** Names the calendar that excludes an instant; null when none does. */
export type CalendarCheck = (instant: number) => string | null;

/** A row of history to be: a run that is to start, or the record of instants that did not run. */
export interface PlannedFiring {
  /** Nominal instant, epoch ms; a record of several instants takes the newest, whose slot nobody else can want. */
  readonly scheduledFor: number;
  readonly state: 'pending' | 'skipped' | 'missed';
  readonly trigger: 'schedule' | 'catchup';
  readonly reason: SkipReason | null;
  /**
   * `{from, to, count}` of a record of several instants (RFC 3339), `{calendar}`, `{maxRunsPerMinute}` or `{blockingExecutionId}`.
   * A firing blocked by another of the same plan has `blockingScheduledFor` instead: that run has no id yet.
   */
  readonly reasonDetail: Readonly<Record<string, unknown>> | null;
  /** scheduledFor plus jitter. */
  readonly dueAt: number;
  /** `overlap`: starts when the schedule's earlier runs have ended. */
  readonly hold: 'overlap' | null;
}

export type SkipReason =
  | 'misfire'
  | 'catchup_window'
  | 'catchup_cap'
  | 'paused'
  | 'overlap'
  | 'calendar'
  | 'job_inactive'
  | 'quota'
  | 'job_deleted'
  | 'schedule_changed'
  | 'schedule_deleted';

export function run(schedule: Schedule, instant: number, trigger: PlannedFiring['trigger']): PlannedFiring {
  const jitter = schedule.jitterSeconds > 0 ? jitterMs(schedule.id, schedule.jitterSeconds) : 0;
  return {
    scheduledFor: instant,
    state: 'pending',
    trigger,
    reason: null,
    reasonDetail: null,
    dueAt: instant + jitter,
    hold: null,
  };
}

/** The run turned into a record that it did not happen. */
export function skipped(
  firing: PlannedFiring,
  reason: SkipReason,
  reasonDetail: PlannedFiring['reasonDetail'],
): PlannedFiring {
  return { ...firing, state: 'skipped', reason, reasonDetail, dueAt: firing.scheduledFor, hold: null };
}

/** A run unless a calendar excludes its instant; then the record of that. */
export function runUnlessExcluded(firing: PlannedFiring, isExcluded: CalendarCheck): PlannedFiring {
  const calendar = isExcluded(firing.scheduledFor);
  return calendar === null ? firing : skipped(firing, 'calendar', { calendar });
}

/** One record for all instants of a range, however many; none for an empty range. Counted, never enumerated. */
export function recordOf(
  recurrence: Instants,
  { after, until }: InstantRange,
  state: 'skipped' | 'missed',
  reason: SkipReason,
  detail: Readonly<Record<string, unknown>> = {},
): PlannedFiring[] {
  const from = until > after ? recurrence.nextAfter(after) : null;
  const to = recurrence.latestAtOrBefore(until, after);
  if (from === null || to === null) return [];
  const reasonDetail = {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    count: recurrence.countIn(after, until),
    ...detail,
  };
  return [{ scheduledFor: to, state, trigger: 'schedule', reason, reasonDetail, dueAt: to, hold: null }];
}
