import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { compileRecurrence, jitterMs, type Recurrence } from './recurrence.js';
import type { CronSpec } from './schedule-spec.js';

interface CronExample {
  readonly kind: string;
  readonly expr: string;
  readonly tz: string;
  readonly from: string;
  readonly expected: readonly string[];
}

const examples = JSON.parse(
  readFileSync(new URL('../../../../test/support/cron-examples.json', import.meta.url), 'utf8'),
) as CronExample[];

const unbounded = { startAt: null, endAt: null };

function compileCron(cronExpression: string, timezone: string, policy: Partial<CronSpec> = {}): Recurrence {
  const spec = {
    type: 'cron',
    cronExpression,
    timezone,
    dstGap: 'next_valid',
    dstOverlap: 'first',
    ...policy,
  } as const;
  return compileRecurrence(spec, unbounded, 'seed');
}

function fireTimes(recurrence: Recurrence, from: string, count: number): string[] {
  const times: string[] = [];
  let instant = recurrence.nextAfter(Date.parse(from));
  while (instant !== null && times.length < count) {
    times.push(new Date(instant).toISOString().replace('.000Z', 'Z'));
    instant = recurrence.nextAfter(instant);
  }
  return times;
}

describe('the verified cron examples', () => {
  it('are all there', () => expect(examples).toHaveLength(94));

  it.each(examples)('$kind: $expr in $tz from $from', ({ expr, tz, from, expected }) => {
    expect(fireTimes(compileCron(expr, tz), from, expected.length)).toEqual(expected);
  });
});

describe('an expression all of whose times fall into gaps', () => {
  it.each([
    ['*/5 2 * 3 0#2', 'America/New_York', {}],
    ['30 2 * 3 0#2', 'America/New_York', { dstGap: 'skip' }],
    ['*/30 2 * 3 0L', 'Europe/Berlin', {}],
  ] as const)('has no instant, and nobody looks for one for ever: %s in %s', (expression, zone, policy) => {
    const recurrence = compileCron(expression, zone, policy);
    expect(recurrence.nextAfter(Date.UTC(2026, 0, 1))).toBeNull();
    expect(recurrence.nextAfter(Date.UTC(9_899, 0, 1))).toBeNull();
    expect(recurrence.latestAtOrBefore(Date.UTC(9_899, 0, 1), -Infinity)).toBeNull();
  });

  it('keeps one that seldom has another', () => {
    // Berlin's clocks are changed on 29 March in 2026 and in 2037; in between the expression fires.
    expect(fireTimes(compileCron('*/30 2 29 3 *', 'Europe/Berlin'), '2026-01-01T00:00:00Z', 1)).toEqual([
      '2027-03-29T00:00:00Z',
    ]);
  });
});

/** Times are UTC on the day of the change; the comment above each table says what the clocks do. */
describe('clock changes', () => {
  // New York, 2026-03-08 07:00Z: 02:00 -05:00 becomes 03:00 -04:00.
  it.each([
    ['30 2 * * *', {}, ['2026-03-07T07:30:00Z', '2026-03-08T07:00:00Z', '2026-03-09T06:30:00Z']],
    ['30 2 * * *', { dstGap: 'skip' }, ['2026-03-07T07:30:00Z', '2026-03-09T06:30:00Z']],
    [
      '0,20,40 2 * * *',
      {},
      [
        '2026-03-07T07:00:00Z',
        '2026-03-07T07:20:00Z',
        '2026-03-07T07:40:00Z',
        '2026-03-08T07:00:00Z',
        '2026-03-09T06:00:00Z',
      ],
    ],
    [
      '30 2,3 * * *',
      {},
      ['2026-03-07T07:30:00Z', '2026-03-07T08:30:00Z', '2026-03-08T07:00:00Z', '2026-03-08T07:30:00Z'],
    ],
    [
      '0 2,3 * * *',
      {},
      ['2026-03-07T07:00:00Z', '2026-03-07T08:00:00Z', '2026-03-08T07:00:00Z', '2026-03-09T06:00:00Z'],
    ],
    ['0 3 * * *', {}, ['2026-03-07T08:00:00Z', '2026-03-08T07:00:00Z', '2026-03-09T07:00:00Z']],
    ['15 2 8 3 *', { dstGap: 'skip' }, ['2027-03-08T07:15:00Z']],
    ['*/30 2 * * *', {}, ['2026-03-07T07:00:00Z', '2026-03-07T07:30:00Z', '2026-03-09T06:00:00Z']],
  ] as const)('forward in New York: %s %j', (expression, policy, expected) => {
    const recurrence = compileCron(expression, 'America/New_York', policy);
    expect(fireTimes(recurrence, '2026-03-07T06:00:00Z', expected.length)).toEqual(expected);
  });

  // Berlin, 2026-10-25 01:00Z: 03:00 +02:00 becomes 02:00 +01:00, so 00:30Z and 01:30Z both read 02:30.
  it.each([
    ['30 2 * * *', {}, ['2026-10-25T00:30:00Z', '2026-10-26T01:30:00Z']],
    ['30 2 * * *', { dstOverlap: 'second' }, ['2026-10-25T01:30:00Z', '2026-10-26T01:30:00Z']],
    [
      '30 2 * * *',
      { dstOverlap: 'both' },
      ['2026-10-25T00:30:00Z', '2026-10-25T01:30:00Z', '2026-10-26T01:30:00Z'],
    ],
    ['0 2,3 * * *', {}, ['2026-10-25T00:00:00Z', '2026-10-25T02:00:00Z', '2026-10-26T01:00:00Z']],
    [
      '0 2,3 * * *',
      { dstOverlap: 'second' },
      ['2026-10-25T01:00:00Z', '2026-10-25T02:00:00Z', '2026-10-26T01:00:00Z'],
    ],
    [
      '*/30 2 * * *',
      {},
      [
        '2026-10-25T00:00:00Z',
        '2026-10-25T00:30:00Z',
        '2026-10-25T01:00:00Z',
        '2026-10-25T01:30:00Z',
        '2026-10-26T01:00:00Z',
      ],
    ],
    [
      '0 * * * *',
      { dstOverlap: 'second' },
      ['2026-10-24T23:00:00Z', '2026-10-25T00:00:00Z', '2026-10-25T01:00:00Z', '2026-10-25T02:00:00Z'],
    ],
  ] as const)('back in Berlin: %s %j', (expression, policy, expected) => {
    const recurrence = compileCron(expression, 'Europe/Berlin', policy);
    expect(fireTimes(recurrence, '2026-10-24T22:00:00Z', expected.length)).toEqual(expected);
  });

  it.each([
    ['first', '2026-10-26T01:30:00Z'],
    ['second', '2026-10-25T01:30:00Z'],
    ['both', '2026-10-25T01:30:00Z'],
  ] as const)(
    'asked inside the second pass in Berlin, a fixed time with overlap "%s" fires next at %s',
    (dstOverlap, next) => {
      const recurrence = compileCron('30 2 * * *', 'Europe/Berlin', { dstOverlap });
      expect(fireTimes(recurrence, '2026-10-25T01:10:00Z', 1)).toEqual([next]);
    },
  );

  // Lord Howe moves by half an hour. 2026-04-04 15:00Z: 02:00 +11:00 becomes 01:30 +10:30; 2026-10-03 15:30Z: 02:00 becomes 02:30.
  it.each([
    ['45 1 * * *', '2026-04-04T12:00:00Z', ['2026-04-04T14:45:00Z', '2026-04-05T15:15:00Z']],
    ['15 1 * * *', '2026-04-04T12:00:00Z', ['2026-04-04T14:15:00Z', '2026-04-05T14:45:00Z']],
    [
      '*/15 * * * *',
      '2026-04-04T14:30:00Z',
      ['2026-04-04T14:45:00Z', '2026-04-04T15:00:00Z', '2026-04-04T15:15:00Z'],
    ],
    ['10 2 * * *', '2026-10-03T12:00:00Z', ['2026-10-03T15:30:00Z', '2026-10-04T15:10:00Z']],
    ['30 2 * * *', '2026-10-03T12:00:00Z', ['2026-10-03T15:30:00Z', '2026-10-04T15:30:00Z']],
    [
      '0 * * * *',
      '2026-10-03T14:00:00Z',
      ['2026-10-03T14:30:00Z', '2026-10-03T16:00:00Z', '2026-10-03T17:00:00Z'],
    ],
  ])('by half an hour in Lord Howe: %s after %s', (expression, from, expected) => {
    expect(fireTimes(compileCron(expression, 'Australia/Lord_Howe'), from, expected.length)).toEqual(
      expected,
    );
  });

  // Casablanca leaves +01:00 for Ramadan: 2026-02-15 02:00Z: 03:00 becomes 02:00; 2026-03-22 02:00Z: 02:00 becomes 03:00.
  it.each([
    ['30 2 * * *', '2026-02-14T12:00:00Z', ['2026-02-15T01:30:00Z', '2026-02-16T02:30:00Z']],
    ['30 2 * * *', '2026-03-21T12:00:00Z', ['2026-03-22T02:00:00Z', '2026-03-23T01:30:00Z']],
  ])('around Ramadan in Casablanca: %s after %s', (expression, from, expected) => {
    expect(fireTimes(compileCron(expression, 'Africa/Casablanca'), from, expected.length)).toEqual(expected);
  });

  // Apia had no 2011-12-30: at 10:00Z the 29th, 24:00 -10:00, became the 31st, 00:00 +14:00.
  it.each([
    ['0 8 * * *', ['2011-12-29T18:00:00Z', '2011-12-30T18:00:00Z']],
    ['0 8 30 12 *', ['2012-12-29T18:00:00Z']],
    ['0 0 31 12 *', ['2011-12-30T10:00:00Z', '2012-12-30T10:00:00Z']],
    ['0 * * * *', ['2011-12-29T13:00:00Z', '2011-12-29T14:00:00Z']],
  ])('over the dropped day of Apia: %s', (expression, expected) => {
    expect(
      fireTimes(compileCron(expression, 'Pacific/Apia'), '2011-12-29T12:00:00Z', expected.length),
    ).toEqual(expected);
  });

  // Kolkata has had none since 1945.
  it('nothing changes in Kolkata', () => {
    expect(fireTimes(compileCron('30 2 * * *', 'Asia/Kolkata'), '2026-03-07T12:00:00Z', 2)).toEqual([
      '2026-03-07T21:00:00Z',
      '2026-03-08T21:00:00Z',
    ]);
  });
});

describe('a schedule that slept', () => {
  const [asleep, awake] = [Date.parse('2025-01-01T00:00:00Z'), Date.parse('2026-01-01T00:00:00Z')];

  it('for a year counts its 31,536,000 seconds and takes the newest hundred without walking them', () => {
    const everySecond = compileCron('* * * * * *', 'America/New_York');
    const started = process.cpuUsage();

    expect(everySecond.countIn(asleep, awake)).toBe(31_536_000);
    expect(everySecond.newestIn(asleep, awake, 100)).toEqual(
      Array.from({ length: 100 }, (_, index) => awake - (99 - index) * 1_000),
    );
    expect(everySecond.latestAtOrBefore(awake - 1, asleep)).toBe(awake - 1_000);
    // A walk takes some twenty seconds.
    expect(process.cpuUsage(started).user).toBeLessThan(1_000_000);
  });

  it('counts the made-up and the held-back runs of a year too', () => {
    const count = (dstGap: CronSpec['dstGap'], dstOverlap: CronSpec['dstOverlap']) =>
      compileCron('30 1,2 * * *', 'America/New_York', { dstGap, dstOverlap }).countIn(asleep, awake);

    expect(count('next_valid', 'first')).toBe(730);
    expect(count('skip', 'second')).toBe(729);
    expect(count('next_valid', 'both')).toBe(731);
  });
});

describe('the bounds of a schedule', () => {
  const spec = {
    type: 'cron',
    cronExpression: '0 9 * * *',
    timezone: 'UTC',
    dstGap: 'skip',
    dstOverlap: 'first',
  } as const;
  const bounds = { startAt: new Date('2026-03-01T09:00:00Z'), endAt: new Date('2026-03-03T09:00:00Z') };
  const recurrence = compileRecurrence(spec, bounds, 'seed');
  const [first, second, third] = [1, 2, 3].map((day) => Date.UTC(2026, 2, day, 9));

  it('both belong to it', () => {
    expect(fireTimes(recurrence, '2020-01-01T00:00:00Z', 9)).toHaveLength(3);
    expect(recurrence.newestIn(0, Infinity, 9)).toEqual([first, second, third]);
    expect(recurrence.newestIn(first!, Infinity, 1)).toEqual([third]);
    expect(recurrence.latestAtOrBefore(Infinity, first!)).toBe(third);
    expect(recurrence.countIn(-Infinity, Infinity)).toBe(3);
    expect(recurrence.countIn(third!, Infinity)).toBe(0);
    expect(recurrence.nextAfter(third!)).toBeNull();
  });

  it('may not cross, nor be no instants', () => {
    const crossed = { startAt: bounds.endAt, endAt: bounds.startAt };
    expect(() => compileRecurrence(spec, crossed, 'seed')).toThrow(
      expect.objectContaining({ code: 'invalid_bounds', field: 'endAt' }),
    );
    expect(() => compileRecurrence(spec, { startAt: new Date(NaN), endAt: null }, 'seed')).toThrow(
      expect.objectContaining({ code: 'invalid_instant', field: 'startAt' }),
    );
  });
});

describe('jitter', () => {
  const ids = Array.from(
    { length: 2_000 },
    (_, index) => `0198c0de-0000-7000-8000-${String(index).padStart(12, '0')}`,
  );

  it('is the same for the same schedule and lies in [0, jitterSeconds]', () => {
    expect(jitterMs('0198c0de-0000-7000-8000-000000000000', 60)).toBe(
      jitterMs('0198c0de-0000-7000-8000-000000000000', 60),
    );
    expect(ids.every((id) => jitterMs(id, 30) >= 0 && jitterMs(id, 30) <= 30_000)).toBe(true);
    expect(ids.every((id) => jitterMs(id, 0) === 0)).toBe(true);
  });

  it('spreads schedules evenly', () => {
    const tenths = ids.map((id) => Math.min(9, Math.floor(jitterMs(id, 100) / 10_000)));
    for (let tenth = 0; tenth < 10; tenth += 1) {
      expect(tenths.filter((one) => one === tenth).length).toBeGreaterThan(140);
    }
  });
});
