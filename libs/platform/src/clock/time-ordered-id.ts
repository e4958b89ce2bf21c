import { v7 } from 'uuid';
import { randomPool } from './random-pool.js';

/** A sequence of 32 bits starts below this, so that it has room to count up. */
const START_BELOW = 2 ** 31;

const random = randomPool();
let lastMs = 0;
let sequence = 0;

/**
 * A UUIDv7: ids sort as they were made, within a process also in one millisecond. Given the time, because left alone the
 * library takes this machine's, and after a jump forward and back it would keep to the future.
 * @param now `Clock.now()`
 */
export function newTimeOrderedId(now: Date): string {
  const ms = now.getTime();
  sequence = ms === lastMs ? sequence + 1 : Math.floor(Math.random() * START_BELOW);
  lastMs = ms;
  return v7({ msecs: ms, seq: sequence, random: random(16) });
}
