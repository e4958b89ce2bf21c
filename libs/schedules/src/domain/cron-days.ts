import {
  civilDateOf,
  DAYS_IN_CALENDAR_CYCLE,
  lengthOfMonth,
  MONTHS_IN_CALENDAR_CYCLE,
  weekdayOf,
} from './civil-date.js';
import { matchingDays } from './cron-day-mask.js';
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
    const today = civilDateOf(day);
    let { year, month } = today;
    let firstOfMonth = day - today.dayOfMonth + 1;
    let mask = this.#maskIn(year, month, firstOfMonth) & (-1 << (today.dayOfMonth - 1));
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
    const today = civilDateOf(day);
    let { year, month } = today;
    let firstOfMonth = day - today.dayOfMonth + 1;
    let mask = this.#maskIn(year, month, firstOfMonth) & (-1 >>> (32 - today.dayOfMonth));
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
    const start = civilDateOf(from);
    let { year, month } = start;
    let firstOfMonth = from - start.dayOfMonth + 1;
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

  /** The least number of days from one matching day to the next: looked for in a whole cycle, after which all repeats. */
  shortestGap(): number {
    const first = this.next(0);
    let shortest = Infinity;
    for (let day = first; day < first + DAYS_IN_CALENDAR_CYCLE && shortest > 1;) {
      const next = this.next(day + 1);
      shortest = Math.min(shortest, next - day);
      day = next;
    }
    return shortest;
  }

  #maskIn(year: number, month: number, firstOfMonth: number): number {
    return this.#months[month] === 0 ? 0 : this.#maskOf(lengthOfMonth(year, month), weekdayOf(firstOfMonth));
  }

  #maskOf(length: number, firstWeekday: number): number {
    const kind = (length - 28) * 7 + firstWeekday;
    const known = this.#masks[kind]!;
    if (known !== NOT_YET_KNOWN) return known;

    return (this.#masks[kind] = matchingDays(this.expression, length, firstWeekday));
  }
}

/** Bit 31 is no day, so no mask is negative. */
const NOT_YET_KNOWN = -1;

function bitCount(mask: number): number {
  let count = 0;
  for (let rest = mask; rest !== 0; rest &= rest - 1) count += 1;
  return count;
}
