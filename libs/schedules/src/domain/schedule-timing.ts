import type { ScheduleSpec } from './schedule-spec.js';
import type { Schedule } from './schedule.js';

/** The columns that decide a schedule's instants, as the union that the recurrence engine works on. */
export type ScheduleTiming = Pick<
  Schedule,
  'type' | 'cronExpression' | 'intervalSeconds' | 'runAt' | 'anchorAt' | 'timezone' | 'dstGap' | 'dstOverlap'
>;

/** The database holds each row to the fields of its type: `schedules_fields_of_type`. */
export function scheduleSpecOf(timing: ScheduleTiming): ScheduleSpec {
  const { type, timezone, dstGap, dstOverlap } = timing;
  switch (type) {
    case 'cron':
      return { type, cronExpression: required(timing.cronExpression), timezone, dstGap, dstOverlap };
    case 'interval':
      return {
        type,
        intervalSeconds: required(timing.intervalSeconds),
        anchor: timing.anchorAt,
        timezone,
      };
    case 'one_time':
      return { type, runAt: required(timing.runAt), timezone };
  }
}

function required<T>(value: T | null): T {
  if (value === null) throw new TypeError('a schedule lacks the field of its type');
  return value;
}
