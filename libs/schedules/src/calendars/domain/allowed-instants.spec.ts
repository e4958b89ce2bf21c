import { describe, expect, it } from '@jest/globals';
import { compileRecurrence } from '../../domain/recurrence.js';
import { allowedInstants } from './allowed-instants.js';
import { compileCalendar, exclusionBy } from './exclusion.js';

const BOUNDS = { startAt: null, endAt: null };
const everySecond = compileRecurrence(
  { type: 'interval', intervalSeconds: 1, anchor: new Date(0), timezone: 'UTC' },
  BOUNDS,
  'seed',
);
const exceptWeekdays = (...excludedWeekdays: number[]) =>
  exclusionBy([
    compileCalendar({
      name: 'tested',
      timezone: 'Europe/Berlin',
      excludedDates: [],
      excludedWeekdays,
      excludedWindows: [],
    }),
  ]);
const saturday = Date.parse('2026-06-06T12:00:00Z');

describe('allowedInstants', () => {
  it('hops over a weekend of seconds', () => {
    const next = allowedInstants(everySecond, exceptWeekdays(0, 6)).nextAfter(saturday);
    expect(new Date(next ?? 0).toISOString()).toBe('2026-06-07T22:00:00.000Z');
  });

  it('finds the first instant however far away it is', () => {
    const runAt = new Date('3000-01-01T00:00:00Z');
    const once = compileRecurrence({ type: 'one_time', runAt, timezone: 'UTC' }, BOUNDS, 'seed');
    expect(allowedInstants(once, exceptWeekdays(0, 6)).nextAfter(saturday)).toBe(runAt.getTime());
  });

  it('gives up on a schedule that calendars exclude for good', () => {
    expect(allowedInstants(everySecond, exceptWeekdays(0, 1, 2, 3, 4, 5, 6)).nextAfter(saturday)).toBeNull();
  });
});
