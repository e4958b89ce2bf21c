import type { CronField } from './cron-fields.js';
import { readCronItem } from './cron-item.js';
import { readCronValue } from './cron-value.js';
import { cronSyntaxError } from './schedule-spec-error.js';

export type DayOfMonthItem =
  | { readonly kind: 'days'; readonly days: readonly number[] }
  | { readonly kind: 'last_day'; readonly daysBefore: number }
  | { readonly kind: 'nearest_weekday'; readonly day: number }
  | { readonly kind: 'last_weekday' };

export type DayOfWeekItem =
  | { readonly kind: 'weekdays'; readonly weekdays: readonly number[] }
  | { readonly kind: 'nth_weekday'; readonly weekday: number; readonly nth: number }
  | { readonly kind: 'last_of_weekday'; readonly weekday: number };

/** Beyond plain items: `L` the last day, `L-3` three days before it, `15W` the weekday nearest the 15th, `LW` the last weekday. */
export function readDayOfMonthItem(field: CronField, item: string, seed: string): DayOfMonthItem {
  if (item === 'LW') return { kind: 'last_weekday' };

  const last = /^L(?:-(\d+))?$/.exec(item);
  if (last) return { kind: 'last_day', daysBefore: readDaysBefore(item, Number(last[1] ?? 0)) };

  const nearest = /^(\d+)W$/.exec(item);
  if (nearest) return { kind: 'nearest_weekday', day: readCronValue(field, nearest[1] ?? '') };

  if (/[LW#]/.test(item)) {
    throw cronSyntaxError(`day of month "${item}" is not known; the special forms are L, L-3, 15W and LW`);
  }
  return { kind: 'days', days: readCronItem(field, item, seed) };
}

/** Beyond plain items: `5L` the last Friday, `5#2` the second Friday of the month. */
export function readDayOfWeekItem(field: CronField, item: string, seed: string): DayOfWeekItem {
  if (item === 'L')
    throw cronSyntaxError('day of week L needs a day: 5L or FRIL is the last Friday of the month');

  const last = /^(\w+)L$/.exec(item);
  if (last) return { kind: 'last_of_weekday', weekday: readCronValue(field, last[1] ?? '') % 7 };
  if (item.includes('#')) return readNthWeekday(field, item);
  if (/^\d+W$/.test(item))
    throw cronSyntaxError(`day of week cannot be "${item}"; W belongs to the day of month`);

  return { kind: 'weekdays', weekdays: readCronItem(field, item, seed).map((weekday) => weekday % 7) };
}

function readNthWeekday(field: CronField, item: string): DayOfWeekItem {
  const [weekday = '', nth = '', ...more] = item.split('#');
  if (more.length > 0 || !/^[1-5]$/.test(nth)) {
    throw cronSyntaxError(
      `day of week "${item}" needs an occurrence from 1 to 5, as in 5#2, the second Friday`,
    );
  }
  return { kind: 'nth_weekday', weekday: readCronValue(field, weekday) % 7, nth: Number(nth) };
}

function readDaysBefore(item: string, daysBefore: number): number {
  if (daysBefore <= 30) return daysBefore;
  throw cronSyntaxError(`day of month "${item}" goes back further than any month; the most is L-30`);
}
