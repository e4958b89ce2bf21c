import type { DayOfMonthItem, DayOfWeekItem } from './cron-day-items.js';
import type { CronExpression } from './cron-expression.js';

/**
 * The days that match in a month of `length` days whose first is a `firstWeekday` (0 is Sunday), as a mask whose bit
 * d-1 is day d.
 */
export function matchingDays(expression: CronExpression, length: number, firstWeekday: number): number {
  const { daysOfMonth, daysOfWeek, dayFields } = expression;
  const byDate = unionOf(daysOfMonth, (item) => dayOfMonthMask(item, length, firstWeekday));
  const byWeekday = unionOf(daysOfWeek, (item) => dayOfWeekMask(item, length, firstWeekday));
  const days = dayFields === 'either' ? byDate | byWeekday : byDate & byWeekday;
  return days & daysUpTo(length);
}

function dayOfMonthMask(item: DayOfMonthItem, length: number, firstWeekday: number): number {
  switch (item.kind) {
    case 'days':
      return unionOf(item.days, dayMask);
    case 'last_day':
      return dayMask(length - item.daysBefore);
    case 'last_weekday':
      return dayMask(nearestWeekday(length, length, firstWeekday));
    case 'nearest_weekday':
      return item.day > length ? 0 : dayMask(nearestWeekday(item.day, length, firstWeekday));
  }
}

function dayOfWeekMask(item: DayOfWeekItem, length: number, firstWeekday: number): number {
  switch (item.kind) {
    case 'weekdays':
      return unionOf(item.weekdays, (weekday) => everyWeek(firstOf(weekday, firstWeekday)));
    case 'nth_weekday':
      return dayMask(firstOf(item.weekday, firstWeekday) + 7 * (item.nth - 1));
    case 'last_of_weekday':
      return lastDayOf(everyWeek(firstOf(item.weekday, firstWeekday)) & daysUpTo(length));
  }
}

/** Saturday goes back to Friday and Sunday on to Monday, but never out of the month. */
function nearestWeekday(day: number, length: number, firstWeekday: number): number {
  const weekday = (firstWeekday + day - 1) % 7;
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === length ? day - 2 : day + 1;
  return day;
}

function firstOf(weekday: number, firstWeekday: number): number {
  return 1 + ((weekday - firstWeekday + 7) % 7);
}

function everyWeek(firstDay: number): number {
  return unionOf([0, 7, 14, 21, 28], (later) => dayMask(firstDay + later));
}

function lastDayOf(mask: number): number {
  return 1 << (31 - Math.clz32(mask));
}

function daysUpTo(day: number): number {
  return -1 >>> (32 - day);
}

/** No bit for days outside 1 to 31: shifts wrap round at 32. */
function dayMask(day: number): number {
  return day >= 1 && day <= 31 ? 1 << (day - 1) : 0;
}

function unionOf<Item>(items: readonly Item[], maskOf: (item: Item) => number): number {
  return items.reduce((mask, item) => mask | maskOf(item), 0);
}
