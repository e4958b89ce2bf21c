/** Gathers how late handlers start, once told that the warm-up is over. */
import { setTimeout as delay } from 'node:timers/promises';
import { spreadOf } from '../harness/statistics.mjs';

/** Every schedule comes back after so long. */
export const EVERY_MS = 2_000;
const WARM_UP_MS = 3_000;
const MEASURE_MS = 6_000;

export class Delays {
  #isMeasuring = false;
  #times = [];

  add(instantMs) {
    if (this.#isMeasuring) this.#times.push(Date.now() - instantMs);
  }

  /** @returns p50, p99 and max in ms, and how many handlers started a second */
  async measure() {
    await delay(WARM_UP_MS);
    this.#isMeasuring = true;
    await delay(MEASURE_MS);
    this.#isMeasuring = false;
    if (this.#times.length === 0) throw new Error('nothing started');
    return { ...spreadOf(this.#times), startsPerSecond: (this.#times.length * 1_000) / MEASURE_MS };
  }
}
