import { describe, expect, it } from '@jest/globals';
import { previewFireTimes } from './recurrence-preview.js';
import { compileRecurrence } from './recurrence.js';
import { describeSchedule } from './schedule-description.js';
import type { CronSpec } from './schedule-spec.js';

function cron(cronExpression: string, timezone: string): CronSpec {
  return { type: 'cron', cronExpression, timezone, dstGap: 'next_valid', dstOverlap: 'first' };
}

function preview(spec: CronSpec, from: string, count: number, endAt: Date | null = null) {
  const recurrence = compileRecurrence(spec, { startAt: null, endAt }, 'seed');
  return [...previewFireTimes(recurrence, spec.timezone, Date.parse(from), count)];
}

describe('a preview', () => {
  it('shows each fire time in UTC, on the clocks of the zone, and with their offset', () => {
    expect(preview(cron('0 9 * * *', 'Europe/Berlin'), '2026-10-24T00:00:00Z', 2)).toEqual([
      { utc: '2026-10-24T07:00:00.000Z', local: '2026-10-24T09:00:00', offset: '+02:00' },
      { utc: '2026-10-25T08:00:00.000Z', local: '2026-10-25T09:00:00', offset: '+01:00' },
    ]);
  });

  it.each([
    ['Asia/Kathmandu', '2026-01-01T00:00:00', '+05:45'],
    ['America/St_Johns', '2026-01-01T00:00:00', '-03:30'],
    ['UTC', '2026-01-01T00:00:00', '+00:00'],
  ])('writes the offset of %s', (timezone, local, offset) => {
    expect(preview(cron('@yearly', timezone), '2025-12-31T00:00:00Z', 1)).toMatchObject([{ local, offset }]);
  });

  it('writes offsets of the time before zones to the second', () => {
    const [first] = preview(cron('@yearly', 'America/New_York'), '1880-06-01T00:00:00Z', 1);
    expect(first).toEqual({
      utc: '1881-01-01T04:56:02.000Z',
      local: '1881-01-01T00:00:00',
      offset: '-04:56:02',
    });
  });

  it('is shorter when the schedule ends, and empty for a count of 0', () => {
    const endAt = new Date('2026-01-02T12:00:00Z');
    expect(preview(cron('0 9 * * *', 'UTC'), '2026-01-01T00:00:00Z', 5, endAt)).toHaveLength(2);
    expect(preview(cron('0 9 * * *', 'UTC'), '2026-01-01T00:00:00Z', 0)).toEqual([]);
  });
});

describe('a description', () => {
  it.each([
    ['0 9 * * 1-5', 'At 09:00, Monday through Friday (Europe/Berlin)'],
    ['@daily', 'At 00:00 (Europe/Berlin)'],
    ['*/15 * * * *', 'Every 15 minutes (Europe/Berlin)'],
    ['*/10 * * * * *', 'Every 10 seconds (Europe/Berlin)'],
    ['0 0 LW * *', 'At 00:00, on the last weekday of the month (Europe/Berlin)'],
    ['0 0 13 * 5', 'At 00:00, on day 13 of the month, or on Friday (Europe/Berlin)'],
    ['0 0 */5 * 1', 'At 00:00, every 5 days in a month, but only on Monday (Europe/Berlin)'],
    ['0 6 1W,15W * *', 'At minute 0, hour 6, day of month 1W,15W (Europe/Berlin)'],
    [
      'H * * * 1-5',
      'At minute H, every hour, day of week 1-5; H is a value of this schedule’s own that never changes (Europe/Berlin)',
    ],
    ['0 0 * * 1/2', 'At 00:00, only on Monday, Wednesday, Friday, and Sunday (Europe/Berlin)'],
    ['0 0 * * SAT/1', 'At 00:00, only on Saturday and Sunday (Europe/Berlin)'],
    ['0 0 * * 7/1', 'At 00:00, only on Sunday (Europe/Berlin)'],
  ])('says in words when "%s" fires', (expression, description) => {
    expect(describeSchedule(cron(expression, 'Europe/Berlin'))).toBe(description);
  });

  it.each([
    [1, 'Every second from'],
    [300, 'Every 5 minutes from'],
    [3_600, 'Every hour from'],
    [5_400, 'Every 1 hour 30 minutes from'],
    [86_400, 'Every day from'],
    [90_061, 'Every 1 day 1 hour 1 minute 1 second from'],
  ])('says how long %i s are', (intervalSeconds, start) => {
    const anchor = new Date('2026-01-01T00:00:00Z');
    const description = describeSchedule({
      type: 'interval',
      intervalSeconds,
      anchor,
      timezone: 'Asia/Kolkata',
    });
    expect(description).toBe(`${start} 2026-01-01 05:30:00 (Asia/Kolkata)`);
  });

  it('says when a one-time schedule fires', () => {
    const runAt = new Date('2026-07-01T12:00:00Z');
    expect(describeSchedule({ type: 'one_time', runAt, timezone: 'America/New_York' })).toBe(
      'Once, at 2026-07-01 08:00:00 (America/New_York)',
    );
  });

  it('is refused for an expression that is', () => {
    expect(() => describeSchedule(cron('nonsense', 'UTC'))).toThrow(
      expect.objectContaining({ code: 'cron_syntax' }),
    );
  });
});
