import { describe, expect, it } from '@jest/globals';
import { parseCronExpression } from './cron-expression.js';
import { compileRecurrence, type Recurrence } from './recurrence.js';

function compile(cronExpression: string, seed = 'seed'): Recurrence {
  const spec = {
    type: 'cron',
    cronExpression,
    timezone: 'UTC',
    dstGap: 'next_valid',
    dstOverlap: 'first',
  } as const;
  return compileRecurrence(spec, { startAt: null, endAt: null }, seed);
}

/** 2026 begins on a Thursday. */
function fireTimes(cronExpression: string, count: number): string[] {
  const recurrence = compile(cronExpression);
  const times: string[] = [];
  let instant = Date.parse('2025-12-31T23:59:59Z');
  for (let index = 0; index < count; index += 1) {
    instant = recurrence.nextAfter(instant)!;
    times.push(new Date(instant).toISOString().slice(0, 16).replace('T', ' '));
  }
  return times;
}

describe('a cron expression', () => {
  it.each([
    ['5 0 * * *', ['2026-01-01 00:05', '2026-01-02 00:05', '2026-01-03 00:05']],
    ['20/15 0 1 1 *', ['2026-01-01 00:20', '2026-01-01 00:35', '2026-01-01 00:50', '2027-01-01 00:20']],
    ['10-20/5 0 * * *', ['2026-01-01 00:10', '2026-01-01 00:15', '2026-01-01 00:20', '2026-01-02 00:10']],
    [
      '0 0 * 1-3/2 MON',
      ['2026-01-05 00:00', '2026-01-12 00:00', '2026-01-19 00:00', '2026-01-26 00:00', '2026-03-02 00:00'],
    ],
    ['0 0 * * FRI-SUN', ['2026-01-02 00:00', '2026-01-03 00:00', '2026-01-04 00:00', '2026-01-09 00:00']],
    ['0 0 ? * wed', ['2026-01-07 00:00', '2026-01-14 00:00']],
    ['0 0 L * *', ['2026-01-31 00:00', '2026-02-28 00:00', '2026-03-31 00:00', '2026-04-30 00:00']],
    ['0 0 L-1 * *', ['2026-01-30 00:00', '2026-02-27 00:00', '2026-03-30 00:00']],
    ['0 0 15,L 2 *', ['2026-02-15 00:00', '2026-02-28 00:00']],
    ['0 0 LW * *', ['2026-01-30 00:00', '2026-02-27 00:00', '2026-03-31 00:00']],
    [
      '0 0 1W * *',
      ['2026-01-01 00:00', '2026-02-02 00:00', '2026-03-02 00:00', '2026-04-01 00:00', '2026-05-01 00:00'],
    ],
    ['0 0 31W 1,5 *', ['2026-01-30 00:00', '2026-05-29 00:00']],
    ['0 0 1W,15W 8 *', ['2026-08-03 00:00', '2026-08-14 00:00']],
    ['0 0 * * 5L', ['2026-01-30 00:00', '2026-02-27 00:00']],
    ['0 0 * * SUNL', ['2026-01-25 00:00', '2026-02-22 00:00']],
    ['0 0 * * MON#1,WED#3', ['2026-01-05 00:00', '2026-01-21 00:00', '2026-02-02 00:00', '2026-02-18 00:00']],
    ['0 0 * * 4#5', ['2026-01-29 00:00', '2026-04-30 00:00']],
    ['0 0 * * 7#1', ['2026-01-04 00:00', '2026-02-01 00:00']],
    ['0 0 13 * FRI', ['2026-01-02 00:00', '2026-01-09 00:00', '2026-01-13 00:00', '2026-01-16 00:00']],
    ['0 0 */2 * MON', ['2026-01-05 00:00', '2026-01-19 00:00', '2026-02-09 00:00']],
    [' 0  0\t1 1 * ', ['2026-01-01 00:00', '2027-01-01 00:00']],
    ['@WEEKLY', ['2026-01-04 00:00', '2026-01-11 00:00']],
    ['@Midnight', ['2026-01-01 00:00', '2026-01-02 00:00']],
    ['0 0 29 2 *', ['2028-02-29 00:00', '2032-02-29 00:00']],
    ['0 0 29 2/12 1#5', ['2028-02-29 00:00', '2032-02-29 00:00']],
  ])('"%s" fires when it says', (expression, expected) => {
    expect(fireTimes(expression, expected.length)).toEqual(expected);
  });

  it.each([
    ['', 'the cron expression is empty'],
    ['CRON_TZ=Europe/Berlin 0 9 * * *', 'the time zone goes into timezone'],
    ['* * * *', '4 fields given; a cron expression has 5, or 6 with seconds first'],
    ['*', '1 field given'],
    [
      '0 0 0 1 1 * 2026',
      '7 fields given; a cron expression has 5, or 6 with seconds first, years are not supported',
    ],
    ['@reboot', 'alias "@reboot" is not known; there are @yearly,'],
    ['@daily 5', 'alias "@daily 5" is not known'],
    ['0 24 * * *', 'hour 24 is out of range 0-23; for midnight use 0'],
    ['60 * * * *', 'minute 60 is out of range 0-59; for the full minute or hour use 0'],
    ['0 0 32 * *', 'day of month 32 is out of range 1-31; for the last day use L'],
    ['0 0 0 * *', 'day of month 0 is out of range 1-31'],
    ['0 0 * 0 *', 'month 0 is out of range 1-12; January is 1'],
    ['0 0 * 13 *', 'month 13 is out of range 1-12'],
    ['0 0 * * 8', 'day of week 8 is out of range 0-7; Sunday is 0 or 7'],
    [
      '*/90 * * * *',
      'minute step 90 does not fit its field, 0-59; for a longer period use a schedule of type interval',
    ],
    ['0 */24 * * *', 'hour step 24 does not fit its field, 0-23'],
    ['*/0 * * * *', 'minute step 0 never moves on; the smallest step is 1'],
    ['*/x * * * *', 'minute step "X" is not a whole number'],
    ['*/1.5 * * * *', 'minute step "1.5" is not a whole number'],
    ['*/5/2 * * * *', 'minute "*/5/2" has more than one step'],
    ['1-5-9 * * * *', 'minute "1-5-9" is not a range from one value to another'],
    ['30-10 * * * *', 'minute range 30-10 runs backwards; write it as two, 30-59,0-10'],
    ['0 22-6 * * *', 'hour range 22-6 runs backwards; write it as two, 22-23,0-6'],
    ['0 0 * * 5-0', 'day of week range 5-0 runs backwards; Sunday at the end is 7, as in 5-7'],
    ['-5 * * * *', 'minute has an empty value'],
    ['1,,2 * * * *', 'minute has an empty value; remove the extra comma, dash or slash'],
    ['1, * * * *', 'minute has an empty value'],
    ['*-5 * * * *', 'minute: "*" stands alone or before a step'],
    ['five * * * *', 'minute "FIVE" is not a number'],
    ['1.5 * * * *', 'minute "1.5" is not a number'],
    ['0 0 * * MONN', 'day of week "MONN" is neither a number nor a name; did you mean MON?'],
    ['0 0 * * Thurs', 'did you mean THU?'],
    ['0 0 * Sept *', 'did you mean SEP?'],
    ['0 0 * MON *', 'month "MON" is neither a number nor a name'],
    ['0 0 * xyz *', 'names are JAN, FEB, MAR'],
    ['0 0 * * \u017fUN', 'is neither a number nor a name'],
    ['? * * * *', '"?" means no day in particular, elsewhere write "*"'],
    ['L * * * *', 'minute cannot be "L"; L, W and # belong to the day fields'],
    ['0 0 * L *', 'month cannot be "L"; L, W and # belong to the day fields'],
    ['0 0 1-5W * *', 'day of month "1-5W" is not known; the special forms are L, L-3, 15W and LW'],
    ['0 0 L-31 * *', 'day of month "L-31" goes back further than any month'],
    ['0 0 32W * *', 'day of month 32 is out of range'],
    ['0 0 * * L', 'day of week L needs a day: 5L or FRIL'],
    ['0 0 * * 5W', 'day of week cannot be "5W"; W belongs to the day of month'],
    ['0 0 * * 5#6', 'day of week "5#6" needs an occurrence from 1 to 5'],
    ['0 0 * * 5#0', 'needs an occurrence from 1 to 5'],
    ['0 0 * * 1#2#3', 'needs an occurrence from 1 to 5'],
    ['H(50-70) * * * *', 'minute 70 is out of range 0-59'],
    ['H(9-5) * * * *', 'has a range that runs backwards'],
    ['H(5) * * * *', 'minute "H(5)" is none of H, H/5, H(0-29) and H(0-29)/10'],
    ['0 0 * * * * ; rm', '8 fields given'],
    [`${'0,'.repeat(600)}0 * * * *`, 'are too long for a cron expression'],
  ])('"%s" is refused with the reason', (expression, reason) => {
    expect(() => compile(expression)).toThrow(
      expect.objectContaining({ code: 'cron_syntax', field: 'cronExpression' }),
    );
    expect(() => compile(expression)).toThrow(reason);
  });

  it.each([
    '0 0 30 2 *',
    '0 0 31 2,4,6,9,11 *',
    '0 0 30,31 2 ?',
    '0 0 L-30 2 *',
    '0 0 30W 2 *',
    '0 0 31 4 */2',
  ])('"%s" is refused because it never fires', (expression) => {
    expect(() => compile(expression)).toThrow(
      expect.objectContaining({ code: 'never_fires', field: 'cronExpression' }),
    );
  });

  it('costs what it says, however often it says it', () => {
    const { seconds, daysOfWeek } = parseCronExpression(
      `${'*,'.repeat(400)}* * * * * ${'1,'.repeat(80)}MON`,
      'seed',
    );
    expect([seconds.length, daysOfWeek.length]).toEqual([60, 2]);
  });

  it.each([
    ['* * * * *', true],
    ['*/5 3 * * *', true],
    ['0 */2 * * *', true],
    ['@hourly', true],
    ['30 2 * * *', false],
    ['* 30 2 * * *', false],
    ['0-59 0-23 * * *', false],
    ['H H * * *', false],
  ])('"%s" is wildcard: %s', (expression, isWildcard) => {
    expect(parseCronExpression(expression, 'seed').isWildcard).toBe(isWildcard);
  });
});

describe('H', () => {
  const seeds = Array.from(
    { length: 500 },
    (_, index) => `0198c0de-0000-7000-8000-${String(index).padStart(12, '0')}`,
  );

  it('is the same at every parse, and another for most other schedules', () => {
    const minuteOf = (seed: string) => parseCronExpression('H H * * *', seed).minutes[0];

    expect(seeds.map(minuteOf)).toEqual(seeds.map(minuteOf));
    expect(new Set(seeds.map(minuteOf)).size).toBe(60);
  });

  it('draws minute and hour apart from one another', () => {
    const pairs = seeds.map((seed) => {
      const { minutes, hours } = parseCronExpression('H H * * *', seed);
      return `${hours[0]}:${minutes[0]}`;
    });
    expect(new Set(pairs).size).toBeGreaterThan(350);
  });

  it.each([
    ['H(10-19) * * * *', 1, 10, 19],
    ['H/15 * * * *', 4, 0, 59],
    ['H(0-29)/10 * * * *', 3, 0, 29],
    ['H(5-9),H(40-44) * * * *', 2, 5, 44],
  ])('"%s" keeps to its range', (expression, size, low, high) => {
    for (const seed of seeds) {
      const { minutes } = parseCronExpression(expression, seed);
      expect(minutes).toHaveLength(size);
      expect(minutes.every((minute) => minute >= low && minute <= high)).toBe(true);
    }
  });

  it('draws a day that every month has', () => {
    const days = seeds.map((seed) => parseCronExpression('0 0 H * *', seed).daysOfMonth[0]);
    expect(days.every((item) => item?.kind === 'days' && item.days[0]! <= 28)).toBe(true);
  });
});
