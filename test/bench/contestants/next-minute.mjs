/** Gathers how late handlers start of what is due when a minute begins. */
import { setTimeout as delay } from 'node:timers/promises';
import { spreadOf } from '../harness/statistics.mjs';

const MINUTE_MS = 60_000;
/** What contestants may take to set up; the first minute that leaves so much is measured. */
const SET_UP_MS = 15_000;

export class NextMinute {
  /** The nominal instant. */
  startsAt = Math.ceil((Date.now() + SET_UP_MS) / MINUTE_MS) * MINUTE_MS;
  #times = [];

  /** A handler started. One from a minute before, of whoever fires while it is set up, does not count. */
  add() {
    const lateMs = Date.now() - this.startsAt;
    if (lateMs >= 0) this.#times.push(lateMs);
  }

  /** @returns p50, p99 and max in ms, and how many of `count` started within the minute */
  async measure(count) {
    if (Date.now() > this.startsAt) throw new Error(`was not set up within ${SET_UP_MS / 1_000} s`);
    const end = this.startsAt + MINUTE_MS - 1_000;
    while (Date.now() < end && this.#times.length < count) await delay(50);
    if (this.#times.length === 0) throw new Error('nothing started');
    return { ...spreadOf(this.#times), started: this.#times.length };
  }
}
