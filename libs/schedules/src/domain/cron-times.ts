import type { CronExpression } from './cron-expression.js';

/** Says that the day has no further match. */
export const NO_TIME = -1;

/** The times of day at which an expression fires, in seconds from midnight, the same on each of its days. */
export class CronTimes {
  readonly #hours: ValueTable;
  readonly #minutes: ValueTable;
  readonly #seconds: ValueTable;
  readonly first: number;
  readonly last: number;
  readonly perDay: number;

  constructor({ hours, minutes, seconds }: CronExpression) {
    this.#hours = new ValueTable(hours, 24);
    this.#minutes = new ValueTable(minutes, 60);
    this.#seconds = new ValueTable(seconds, 60);
    this.first = timeOf(this.#hours.first, this.#minutes.first, this.#seconds.first);
    this.last = timeOf(this.#hours.last, this.#minutes.last, this.#seconds.last);
    this.perDay = this.#hours.size * this.#minutes.size * this.#seconds.size;
  }

  /** The first match ≥ `time`, or NO_TIME. */
  next(time: number): number {
    const [hours, minutes, seconds] = [this.#hours, this.#minutes, this.#seconds];
    const hour = Math.floor(time / 3_600);
    const minute = Math.floor(time / 60) % 60;
    if (!hours.has(hour)) return timeOf(hours.next(hour), minutes.first, seconds.first);

    const second = minutes.has(minute) ? seconds.next(time % 60) : NO_VALUE;
    if (second !== NO_VALUE) return timeOf(hour, minute, second);

    const laterMinute = minutes.next(minute + 1);
    if (laterMinute !== NO_VALUE) return timeOf(hour, laterMinute, seconds.first);
    return timeOf(hours.next(hour + 1), minutes.first, seconds.first);
  }

  /** The last match ≤ `time`, or NO_TIME. */
  previous(time: number): number {
    const [hours, minutes, seconds] = [this.#hours, this.#minutes, this.#seconds];
    const hour = Math.floor(time / 3_600);
    const minute = Math.floor(time / 60) % 60;
    if (!hours.has(hour)) return timeOf(hours.previous(hour), minutes.last, seconds.last);

    const second = minutes.has(minute) ? seconds.previous(time % 60) : NO_VALUE;
    if (second !== NO_VALUE) return timeOf(hour, minute, second);

    const earlierMinute = minutes.previous(minute - 1);
    if (earlierMinute !== NO_VALUE) return timeOf(hour, earlierMinute, seconds.last);
    return timeOf(hours.previous(hour - 1), minutes.last, seconds.last);
  }

  /** The least number of seconds between two matches of one day; Infinity where a day has but one. */
  shortestGap(): number {
    let shortest = Infinity;
    for (let time = this.first; time !== this.last && shortest > 1;) {
      const next = this.next(time + 1);
      shortest = Math.min(shortest, next - time);
      time = next;
    }
    return shortest;
  }

  /** How many matches the day has before `time`. */
  countBefore(time: number): number {
    const [hours, minutes, seconds] = [this.#hours, this.#minutes, this.#seconds];
    const hour = Math.floor(time / 3_600);
    const minute = Math.floor(time / 60) % 60;
    const inHoursBefore = hours.countBelow(hour) * minutes.size * seconds.size;
    if (!hours.has(hour)) return inHoursBefore;

    const inMinutesBefore = minutes.countBelow(minute) * seconds.size;
    const inThisMinute = minutes.has(minute) ? seconds.countBelow(time % 60) : 0;
    return inHoursBefore + inMinutesBefore + inThisMinute;
  }
}

const NO_VALUE = -1;

function timeOf(hour: number, minute: number, second: number): number {
  return hour === NO_VALUE ? NO_TIME : hour * 3_600 + minute * 60 + second;
}

/** A set of small numbers with its neighbours looked up instead of searched; asked from -1 to `limit`. */
class ValueTable {
  readonly first: number;
  readonly last: number;
  readonly size: number;
  readonly #next: Int8Array;
  readonly #previous: Int8Array;
  readonly #below: Int8Array;

  constructor(values: readonly number[], limit: number) {
    const members = new Set(values);
    this.first = Math.min(...members);
    this.last = Math.max(...members);
    this.size = members.size;
    this.#next = new Int8Array(limit + 1).fill(NO_VALUE);
    this.#previous = new Int8Array(limit + 1).fill(NO_VALUE);
    this.#below = new Int8Array(limit + 1);
    for (let value = limit - 1; value >= 0; value -= 1) {
      this.#next[value] = members.has(value) ? value : this.#next[value + 1]!;
    }
    for (let value = 0; value < limit; value += 1) {
      this.#previous[value + 1] = members.has(value) ? value : this.#previous[value]!;
      this.#below[value + 1] = this.#below[value]! + (members.has(value) ? 1 : 0);
    }
  }

  has(value: number): boolean {
    return this.#next[value] === value;
  }

  next(value: number): number {
    return this.#next[value]!;
  }

  previous(value: number): number {
    return this.#previous[value + 1]!;
  }

  countBelow(value: number): number {
    return this.#below[value]!;
  }
}
