import { clockChangeWarnings } from './clock-change-warnings.js';
import { parseCronExpression, type CronExpression } from './cron-expression.js';
import { ScheduleSpecError } from './schedule-spec-error.js';
import type { CronSpec, OneTimeSpec, RecurrenceBounds, ScheduleSpec } from './schedule-spec.js';
import { WallTimes } from './wall-times.js';

export interface ScheduleWarning {
  readonly code:
    | 'dst_gap'
    | 'dst_overlap'
    | 'dom_or_dow'
    | 'hash_not_drawn'
    | 'never_fires'
    | 'numbered_weekdays'
    | 'too_frequent'
    | 'hot_minute'
    | 'calendar_excludes_all'
    | 'paused'
    | 'job_inactive';
  readonly message: string;
  /** RFC 3339 in UTC: the clock change that the warning is about */
  readonly at?: string;
}

/** What a schedule may have besides its spec. */
export interface WarnedSchedule {
  readonly bounds?: RecurrenceBounds;
  /** The schedule's id: without it nobody knows at which hour an `H` fires, nor which clock changes it meets. */
  readonly seed?: string | undefined;
}

const UNBOUNDED: RecurrenceBounds = { startAt: null, endAt: null };

/**
 * What is allowed and yet probably not what was meant, looking two years ahead of `from` (epoch ms) or, if that is
 * later, of `startAt`. Throws ScheduleSpecError for a bad spec.
 */
export function scheduleWarnings(
  spec: ScheduleSpec,
  from: number,
  schedule: WarnedSchedule = {},
): ScheduleWarning[] {
  switch (spec.type) {
    case 'cron':
      return cronWarnings(spec, from, schedule);
    case 'interval':
      return spec.intervalSeconds < 60 ? [tooFrequent(`every ${spec.intervalSeconds} s`)] : [];
    case 'one_time':
      return pastWarnings(spec, from);
  }
}

function cronWarnings(
  spec: CronSpec,
  from: number,
  { bounds = UNBOUNDED, seed }: WarnedSchedule,
): ScheduleWarning[] {
  const expression = parseCronExpression(spec.cronExpression, seed ?? '');
  const wallTimes = new WallTimes(expression);
  if (!wallTimes.everMatch()) {
    return [{ code: 'never_fires', message: `"${spec.cronExpression}" never fires: no year has such a day` }];
  }
  const isUndrawn = seed === undefined && expression.isHashed;
  return [
    ...dayFieldWarnings(expression),
    ...weekdayWarnings(expression),
    ...frequencyWarnings(expression),
    ...hotMinuteWarnings(expression),
    ...(isUndrawn ? [UNDRAWN] : clockChangeWarnings({ spec, expression, from, bounds }, wallTimes)),
  ];
}

const UNDRAWN: ScheduleWarning = {
  code: 'hash_not_drawn',
  message:
    'H is drawn from the id of a schedule, which this one has once it is created: these times are an example',
};

/** Quartz wants a `?` in one day field and counts from Sunday = 1: its 2-6 is Monday through Friday. */
function weekdayWarnings({ texts }: CronExpression): ScheduleWarning[] {
  if (texts.dayOfMonth !== '?' || !/(^|[,-])[0-7]/.test(texts.dayOfWeek)) return [];
  const message = `day of week ${texts.dayOfWeek} counts from Sunday = 0, not from Sunday = 1 as in Quartz; names such as MON-FRI mean the same in both`;
  return [{ code: 'numbered_weekdays', message }];
}

function dayFieldWarnings({ texts, dayFields }: CronExpression): ScheduleWarning[] {
  const isAnyDay = (text: string) => text === '*' || text === '?';
  if (isAnyDay(texts.dayOfMonth) || isAnyDay(texts.dayOfWeek)) return [];

  const days = `day of month ${texts.dayOfMonth} and day of week ${texts.dayOfWeek}`;
  const message =
    dayFields === 'either'
      ? `${days} are both set: a day that matches either of them fires, not only one that matches both`
      : `${days} are both set and one begins with "*": only a day that matches both of them fires`;
  return [{ code: 'dom_or_dow', message }];
}

function frequencyWarnings({ seconds, texts }: CronExpression): ScheduleWarning[] {
  return new Set(seconds).size > 1 ? [tooFrequent(`at seconds ${texts.second} of a minute`)] : [];
}

function tooFrequent(rate: string): ScheduleWarning {
  return { code: 'too_frequent', message: `fires ${rate}, less than 60 s apart` };
}

function hotMinuteWarnings({ texts }: CronExpression): ScheduleWarning[] {
  if (!/^0+$/.test(texts.second) || !/^0+$/.test(texts.minute)) return [];

  const when = /^0+$/.test(texts.hour) ? 'at midnight' : 'at minute 0';
  const spread = ['H', texts.hour, texts.dayOfMonth, texts.month, texts.dayOfWeek].join(' ');
  const message = `fires ${when}, when most schedules do; "${spread}" picks a minute of its own and keeps it`;
  return [{ code: 'hot_minute', message }];
}

function pastWarnings({ runAt }: OneTimeSpec, from: number): ScheduleWarning[] {
  if (Number.isNaN(runAt.getTime())) {
    throw new ScheduleSpecError('invalid_instant', 'runAt', 'runAt is not an instant');
  }
  if (runAt.getTime() > from) return [];
  return [{ code: 'never_fires', message: `${runAt.toISOString()} is in the past, so it never fires` }];
}
