import { describe, expect, it } from '@jest/globals';
import type { CronSpec, RecurrenceBounds } from './schedule-spec.js';
import { scheduleWarnings } from './schedule-warnings.js';

const NOW = Date.parse('2026-01-15T00:00:00Z');

function cron(
  cronExpression: string,
  timezone = 'America/New_York',
  policy: Partial<CronSpec> = {},
): CronSpec {
  return { type: 'cron', cronExpression, timezone, dstGap: 'next_valid', dstOverlap: 'first', ...policy };
}

function codesOf(cronExpression: string, timezone?: string): string[] {
  return scheduleWarnings(cron(cronExpression, timezone), NOW).map(({ code }) => code);
}

describe('a warning', () => {
  it('names every clock change of the next two years that swallows a fixed time', () => {
    const warnings = scheduleWarnings(cron('30 2 * * *'), NOW);
    expect(warnings.map(({ code, at }) => [code, at])).toEqual([
      ['dst_gap', '2026-03-08T07:00:00.000Z'],
      ['dst_gap', '2027-03-14T07:00:00.000Z'],
    ]);
    expect(warnings[0]?.message).toBe(
      'on 2026-03-08 the clocks of America/New_York go forward from 02:00 to 03:00; ' +
        'what is due in between runs once, right after the change',
    );
  });

  it('names every clock change of the next two years that repeats a fixed time', () => {
    const warnings = scheduleWarnings(cron('30 1 * * *', 'America/New_York', { dstOverlap: 'second' }), NOW);
    expect(warnings.map(({ code, at }) => [code, at])).toEqual([
      ['dst_overlap', '2026-11-01T06:00:00.000Z'],
      ['dst_overlap', '2027-11-07T06:00:00.000Z'],
    ]);
    expect(warnings[0]?.message).toMatch(/go back from 02:00 to 01:00; .* runs once, at the second pass$/);
  });

  it.each([
    ['dstGap', 'skip', '30 2 * * *', 'does not run that day'],
    ['dstOverlap', 'first', '30 1 * * *', 'runs once, at the first pass'],
    ['dstOverlap', 'both', '30 1 * * *', 'runs twice'],
  ])('says what %s "%s" makes of the change', (policy, value, expression, effect) => {
    const [warning] = scheduleWarnings(cron(expression, 'America/New_York', { [policy]: value }), NOW);
    expect(warning?.message).toContain(effect);
  });

  it.each([
    ['30 2 * * *', 'Asia/Kolkata', 'the zone has no clock changes'],
    ['30 9 * * *', 'America/New_York', 'the clocks change at another hour'],
    ['30 2 * * 1', 'America/New_York', 'the clocks change on a Sunday'],
    ['30 2 8 3 1-6', 'Europe/Berlin', 'the clocks change on another date'],
    ['*/30 9 * * *', 'America/New_York', 'the clocks change at another hour, also for a wildcard expression'],
    ['*/5 * * * *', 'America/New_York', 'a wildcard expression of all hours goes on at its pace'],
    ['0 * * * *', 'America/New_York', 'a wildcard expression of all hours goes on at its pace'],
    ['*/30 0-23 * * *', 'America/New_York', 'a wildcard expression of all hours goes on at its pace'],
    ['30 H * * *', 'America/New_York', 'nobody knows the hour before there is a schedule'],
  ])('of a clock change is not given for %s in %s: %s', (expression, timezone) => {
    expect(codesOf(expression, timezone).filter((code) => code.startsWith('dst_'))).toEqual([]);
  });

  it.each([
    ['*/20 2 * * *', 'dst_gap', '2026-03-08T07:00:00.000Z', 'does not run that day'],
    ['0 */2 * * *', 'dst_gap', '2026-03-08T07:00:00.000Z', 'does not run that day'],
    ['*/30 1 * * *', 'dst_overlap', '2026-11-01T06:00:00.000Z', 'runs twice'],
  ])(
    'of a clock change is given for %s, confined to some hours: %s at %s',
    (expression, code, at, effect) => {
      const warnings = scheduleWarnings(cron(expression), NOW).filter((one) => one.code.startsWith('dst_'));
      expect(warnings.map((one) => one.code)).toEqual([code, code]);
      expect(warnings[0]).toMatchObject({ at, message: expect.stringContaining(effect) });
    },
  );

  it.each([
    [null, '2026-12-24T00:00:00Z', ['2026-03-29']],
    [null, '2027-03-28T01:00:00Z', ['2026-03-29', '2027-03-28']],
    [null, '2027-03-28T00:59:59Z', ['2026-03-29']],
    ['2029-01-01T00:00:00Z', null, ['2029-03-25', '2030-03-31']],
    ['2029-01-01T00:00:00Z', '2029-12-31T00:00:00Z', ['2029-03-25']],
    ['2025-01-01T00:00:00Z', null, ['2026-03-29', '2027-03-28']],
    [null, '2025-01-01T00:00:00Z', []],
  ])('of a clock change keeps to startAt %s and endAt %s: gaps on %j', (startAt, endAt, dates) => {
    const bounds = {
      startAt: startAt && new Date(startAt),
      endAt: endAt && new Date(endAt),
    } as RecurrenceBounds;
    const warnings = scheduleWarnings(cron('30 2 * * *', 'Europe/Berlin'), NOW, { bounds });
    const gaps = warnings.filter(({ code }) => code === 'dst_gap');
    expect(gaps.map(({ at }) => at?.slice(0, 10))).toEqual(dates);
  });

  it('of a clock change is given for H once the schedule has an id', () => {
    const warnings = scheduleWarnings(cron('H(5-50) 2 * * *'), NOW, {
      seed: '0198c0de-0000-7000-8000-000000000000',
    });
    expect(warnings.map(({ code }) => code)).toEqual(['dst_gap', 'dst_gap']);
  });

  it.each([
    ['7 9 13 * 5', ['dom_or_dow']],
    ['7 9 */5 * 1', ['dom_or_dow']],
    ['7 9 13 * ?', []],
    ['7 9 * * 5', []],
    ['* * * * * *', ['too_frequent']],
    ['0,30 7 9 * * *', ['too_frequent']],
    ['30 * * * * *', []],
    ['* * * * *', []],
    ['0 9 * * *', ['hot_minute']],
    ['@hourly', ['hot_minute']],
    ['H * * * *', ['hash_not_drawn']],
    ['7 9 * * 0,H', ['hash_not_drawn']],
    ['0 7 9 ? * 2-6', ['numbered_weekdays']],
    ['7 9 ? * MON-FRI', []],
    ['7 9 ? * FRI#2', []],
    ['7 9 ? * MON,5', ['numbered_weekdays']],
    ['30 0 9 * * *', []],
    ['0 0 30 2 *', ['never_fires']],
  ])('for "%s" in UTC is %j', (expression, codes) => {
    expect(codesOf(expression, 'UTC')).toEqual(codes);
  });

  it('of a hot minute suggests H in its place', () => {
    expect(scheduleWarnings(cron('@daily', 'UTC'), NOW)[0]?.message).toBe(
      'fires at midnight, when most schedules do; "H 0 * * *" picks a minute of its own and keeps it',
    );
  });

  it('is given for a short interval and for a time in the past', () => {
    const interval = { type: 'interval', anchor: new Date(NOW), timezone: 'UTC' } as const;
    const oneTime = { type: 'one_time', timezone: 'UTC' } as const;

    expect(scheduleWarnings({ ...interval, intervalSeconds: 59 }, NOW)[0]?.code).toBe('too_frequent');
    expect(scheduleWarnings({ ...interval, intervalSeconds: 60 }, NOW)).toEqual([]);
    expect(scheduleWarnings({ ...oneTime, runAt: new Date(NOW) }, NOW)[0]?.code).toBe('never_fires');
    expect(scheduleWarnings({ ...oneTime, runAt: new Date(NOW + 1) }, NOW)).toEqual([]);
  });
});
