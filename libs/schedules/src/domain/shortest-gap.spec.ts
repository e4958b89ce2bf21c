import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileRecurrence } from './recurrence.js';
import type { CronSpec } from './schedule-spec.js';
import { shortestGapSeconds } from './shortest-gap.js';

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

const cron = (cronExpression: string, timezone = 'UTC'): CronSpec => ({
  type: 'cron',
  cronExpression,
  timezone,
  dstGap: 'next_valid',
  dstOverlap: 'both',
});

describe('the shortest gap of a schedule', () => {
  it.each([
    ['* * * * * *', 1],
    ['*/2 * * * * *', 2],
    ['0,1 0 0 1 1 *', 1],
    ['* * * * *', MINUTE],
    ['*/7 * * * *', 4 * MINUTE],
    ['0,30 9-17 * * 1-5', 30 * MINUTE],
    ['0 * * * *', HOUR],
    ['0 */5 * * *', 4 * HOUR],
    ['0 0,23 * * *', HOUR],
    ['0 0,23 * * 1', 23 * HOUR],
    ['0 0,23 1,2 * *', HOUR],
    ['0 12 * * *', DAY],
    ['59 23 31 12 *', 365 * DAY],
    ['0 0 1 1 *', 365 * DAY],
    ['0 0 29 2 *', 1_461 * DAY],
    ['0 0 31 * *', 31 * DAY],
    ['0 0 1,L * *', DAY],
    ['0 0 * * 5', 7 * DAY],
    ['0 0 13 * 5', DAY],
    ['0 0 28,1 2,3 *', DAY],
    ['@hourly', HOUR],
    ['@monthly', 28 * DAY],
  ])('of %s is %d s', (expression, seconds) => {
    expect(shortestGapSeconds(cron(expression), 'seed')).toBe(seconds);
  });

  it('is long enough or exact, whatever is enough', () => {
    const spec = cron('0 0,23 * * 1');
    expect(shortestGapSeconds(spec, 'seed', 23 * HOUR + 1)).toBe(23 * HOUR);
    expect(shortestGapSeconds(cron('0 0 * * 5'), 'seed', HOUR)).toBeGreaterThanOrEqual(HOUR);
    expect(shortestGapSeconds(cron('0 0 * * 5'), 'seed', 8 * DAY)).toBe(7 * DAY);
  });

  it('is not what the nights of a clock change make of it', () => {
    for (const expression of ['0 1,3 * * *', '30 1,4 * * *']) {
      const inBerlin = shortestGapSeconds(cron(expression, 'Europe/Berlin'), 'seed');
      expect(inBerlin).toBe(shortestGapSeconds(cron(expression), 'seed'));
    }
    expect(shortestGapSeconds(cron('30 2 * * *', 'Europe/Berlin'), 'seed')).toBe(DAY);
    expect(shortestGapSeconds(cron('0 * * * *', 'Australia/Lord_Howe'), 'seed')).toBe(HOUR);
  });

  it('of an interval is the interval, and a single instant has none', () => {
    const anchor = new Date(0);
    expect(
      shortestGapSeconds({ type: 'interval', intervalSeconds: 45, anchor, timezone: 'UTC' }, 'seed'),
    ).toBe(45);
    expect(shortestGapSeconds({ type: 'one_time', runAt: anchor, timezone: 'UTC' }, 'seed')).toBe(null);
  });

  it('is that of the two closest instants, however one looks for them', () => {
    const list = (low: number, high: number) =>
      fc.uniqueArray(fc.integer({ min: low, max: high }), { minLength: 1, maxLength: 4 }).map(String);
    const field = (low: number, high: number) => fc.oneof(fc.constant('*'), list(low, high));
    const expressions = fc
      .tuple(list(0, 59), field(0, 59), field(0, 23), field(0, 6))
      .map(([second, minute, hour, weekday]) => `${second} ${minute} ${hour} * * ${weekday}`);
    fc.assert(
      fc.property(expressions, (expression) => {
        expect(shortestGapSeconds(cron(expression), 'seed')).toBe(closestInAWeek(expression));
      }),
    );
  });
});

/** An expression without dates repeats after a week. */
function closestInAWeek(expression: string): number {
  const recurrence = compileRecurrence(cron(expression), { startAt: null, endAt: null }, 'seed');
  let at = recurrence.nextAfter(0)!;
  const end = at + 7 * DAY * 1_000;
  let closest = Infinity;
  while (at < end) {
    const next = recurrence.nextAfter(at)!;
    closest = Math.min(closest, (next - at) / 1_000);
    at = next;
  }
  return closest;
}
