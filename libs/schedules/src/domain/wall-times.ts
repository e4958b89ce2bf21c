import { SECONDS_PER_DAY } from './civil-date.js';
import { CronDays } from './cron-days.js';
import type { CronExpression } from './cron-expression.js';
import { CronTimes, NO_TIME } from './cron-times.js';

/**
 * What an expression matches on a clock on the wall, before any zone comes in. A *wall second* is what that clock
 * shows, counted from 1970-01-01T00:00:00 as if its zone were UTC.
 */
export class WallTimes {
  readonly #days: CronDays;
  readonly #times: CronTimes;

  constructor(expression: CronExpression) {
    this.#days = new CronDays(expression);
    this.#times = new CronTimes(expression);
  }

  everMatch(): boolean {
    return this.#days.everMatch();
  }

  /** The first matching wall second ≥ `wall`. */
  next(wall: number): number {
    const today = Math.floor(wall / SECONDS_PER_DAY);
    const day = this.#days.next(today);
    if (day > today) return day * SECONDS_PER_DAY + this.#times.first;

    const time = this.#times.next(wall - today * SECONDS_PER_DAY);
    if (time !== NO_TIME) return today * SECONDS_PER_DAY + time;
    return this.#days.next(today + 1) * SECONDS_PER_DAY + this.#times.first;
  }

  /** The last matching wall second ≤ `wall`. */
  previous(wall: number): number {
    const today = Math.floor(wall / SECONDS_PER_DAY);
    const day = this.#days.previous(today);
    if (day < today) return day * SECONDS_PER_DAY + this.#times.last;

    const time = this.#times.previous(wall - today * SECONDS_PER_DAY);
    if (time !== NO_TIME) return today * SECONDS_PER_DAY + time;
    return this.#days.previous(today - 1) * SECONDS_PER_DAY + this.#times.last;
  }

  /**
   * The least number of seconds between two matches. Only for expressions that everMatch.
   * @param enough a gap this long needs no exact answer: the result may then be less than the true gap, but not less than
   * `enough`. That spares a walk through 400 years
   */
  shortestGap(enough: number): number {
    const acrossDays = (days: number) => days * SECONDS_PER_DAY + this.#times.first - this.#times.last;
    const withinDay = this.#times.shortestGap();
    const atLeast = Math.min(withinDay, acrossDays(1));
    if (atLeast === withinDay || atLeast >= enough) return atLeast;
    return Math.min(withinDay, acrossDays(this.#days.shortestGap()));
  }

  /** How many wall seconds in [from, to) match: whole days by multiplication, the two at the ends by hand. */
  countIn(from: number, to: number): number {
    if (to <= from) return 0;
    const firstDay = Math.floor(from / SECONDS_PER_DAY);
    const lastDay = Math.floor(to / SECONDS_PER_DAY);
    const wholeDays = this.#days.countIn(firstDay, lastDay) * this.#times.perDay;
    return wholeDays - this.#countOnDayBefore(firstDay, from) + this.#countOnDayBefore(lastDay, to);
  }

  #countOnDayBefore(day: number, wall: number): number {
    return this.#days.has(day) ? this.#times.countBefore(wall - day * SECONDS_PER_DAY) : 0;
  }
}
