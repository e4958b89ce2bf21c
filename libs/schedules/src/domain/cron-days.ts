import { civilDateOf, lengthOfMonth, MONTHS_IN_CALENDAR_CYCLE, weekdayOf } from './civil-date.js';
import type { DayOfMonthItem, DayOfWeekItem } from './cron-day-items.js';
import type { CronExpression } from './cron-expression.js';

/**
 * The days on which an expression fires.
 *
 * Which days of a month match depends on two things alone, its length and the weekday of its first. So there are only
 * 28 different months; each is worked out once, as a mask whose bit d-1 is day d.
 */
export class CronDays {
  readonly #months = new Uint8Array(13);
  readonly #masks = new Int32Array(28).fill(NOT_YET_KNOWN);

  constructor(private readonly expression: CronExpression) {
    for (const month of expression.months) this.#months[month] = 1;
  }

  /** False for dates that no year has, such as 30 February: all 28 kinds of month come up in the 400-year cycle. */
  everMatch(): boolean {
    const weekdays = [0, 1, 2, 3, 4, 5, 6];
    return this.expression.months.some((month) =>
      [lengthOfMonth(2000, month), lengthOfMonth(2001, month)].some((length) =>
        weekdays.some((firstWeekday) => this.#maskOf(length, firstWeekday) !== 0),
      ),
    );
  }

  /** The first matching day number ≥ `day`. Only for days that everMatch. */
  next(day: number): number {
    let { year, month, dayOfMonth } = civilDateOf(day);
    let firstOfMonth = day - dayOfMonth + 1;
    let mask = this.#maskIn(year, month, firstOfMonth) & (-1 << (dayOfMonth - 1));
    for (let months = 0; mask === 0 && months <= MONTHS_IN_CALENDAR_CYCLE; months += 1) {
      firstOfMonth += lengthOfMonth(year, month);
      year = month === 12 ? year + 1 : year;
      month = month === 12 ? 1 : month + 1;
      mask = this.#maskIn(year, month, firstOfMonth);
    }
    return firstOfMonth + 31 - Math.clz32(mask & -mask);
  }

  /** The last matching day number ≤ `day`. Only for days that everMatch. */
  previous(day: number): number {
    let { year, month, dayOfMonth } = civilDateOf(day);
    let firstOfMonth = day - dayOfMonth + 1;
    let mask = this.#maskIn(year, month, firstOfMonth) & (-1 >>> (32 - dayOfMonth));
    for (let months = 0; mask === 0 && months <= MONTHS_IN_CALENDAR_CYCLE; months += 1) {
      year = month === 1 ? year - 1 : year;
      month = month === 1 ? 12 : month - 1;
      firstOfMonth -= lengthOfMonth(year, month);
      mask = this.#maskIn(year, month, firstOfMonth);
    }
    return firstOfMonth + 31 - Math.clz32(mask);
  }

  has(day: number): boolean {
    const { year, month, dayOfMonth } = civilDateOf(day);
    return (this.#maskIn(year, month, day - dayOfMonth + 1) & (1 << (dayOfMonth - 1))) !== 0;
  }

  /** How many days in [from, to) match; month by month. */
  countIn(from: number, to: number): number {
    let { year, month, dayOfMonth } = civilDateOf(from);
    let firstOfMonth = from - dayOfMonth + 1;
    let count = 0;
    while (firstOfMonth < to) {
      const length = lengthOfMonth(year, month);
      let mask = this.#maskIn(year, month, firstOfMonth);
      if (firstOfMonth < from) mask &= -1 << (from - firstOfMonth);
      if (firstOfMonth + length > to) mask &= -1 >>> (32 - (to - firstOfMonth));
      count += bitCount(mask);
      firstOfMonth += length;
      year = month === 12 ? year + 1 : year;
      month = month === 12 ? 1 : month + 1;
    }
    return count;
  }

  #maskIn(year: number, month: number, firstOfMonth: number): number {
    return this.#months[month] === 0 ? 0 : this.#maskOf(lengthOfMonth(year, month), weekdayOf(firstOfMonth));
  }

  #maskOf(length: number, firstWeekday: number): number {
    const kind = (length - 28) * 7 + firstWeekday;
    const known = this.#masks[kind]!;
    if (known !== NOT_YET_KNOWN) return known;

    const { daysOfMonth, daysOfWeek, dayFields } = this.expression;
    const byDate = unionOf(daysOfMonth, (item) => dayOfMonthMask(item, length, firstWeekday));
    const byWeekday = unionOf(daysOfWeek, (item) => dayOfWeekMask(item, length, firstWeekday));
    const days = dayFields === 'either' ? byDate | byWeekday : byDate & byWeekday;
    return (this.#masks[kind] = days & (-1 >>> (32 - length)));
  }
}

/** Bit 31 is no day, so no mask is negative. */
const NOT_YET_KNOWN = -1;

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
      return lastDayOf(everyWeek(firstOf(item.weekday, firstWeekday)) & (-1 >>> (32 - length)));
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

/** No bit for days outside 1 to 31: shifts wrap round at 32. */
function dayMask(day: number): number {
  return day >= 1 && day <= 31 ? 1 << (day - 1) : 0;
}

function unionOf<Item>(items: readonly Item[], maskOf: (item: Item) => number): number {
  return items.reduce((mask, item) => mask | maskOf(item), 0);
}

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
