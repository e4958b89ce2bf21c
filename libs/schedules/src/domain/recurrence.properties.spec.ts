import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  clockChanges,
  matchesFields,
  wallClock,
  walkInstants,
  type WalkedSchedule,
} from '../../../../test/support/cron-walker.js';
import { compileRecurrence, type Recurrence } from './recurrence.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const FIRST_YEAR = 2008;
const LAST_YEAR = 2027;
const START = Date.UTC(FIRST_YEAR, 0, 1);
const END = Date.UTC(LAST_YEAR + 1, 0, 1);

const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));

/** `*`, a value, a list, a range, steps; values lean to the start of the field, where clocks change. */
function fieldOf(low: number, high: number, steps: readonly number[]): fc.Arbitrary<string> {
  const value = fc.oneof(
    fc.integer({ min: low, max: Math.min(high, low + 4) }),
    fc.integer({ min: low, max: high }),
  );
  const range = fc.tuple(value, value).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`);
  const step = fc.constantFrom(...steps);
  return fc.oneof(
    fc.constant('*'),
    value.map(String),
    fc.array(value, { minLength: 2, maxLength: 4 }).map((values) => values.join(',')),
    range,
    fc.tuple(fc.oneof(fc.constant('*'), range, value.map(String)), step).map(([of, by]) => `${of}/${by}`),
  );
}

const minutes = fieldOf(0, 59, [5, 7, 15, 20, 30]);
const hours = fieldOf(0, 23, [2, 3, 5, 12]);
const months = fc.oneof(
  { weight: 4, arbitrary: fc.constant('*') },
  { weight: 1, arbitrary: fieldOf(1, 12, [2, 3]) },
);
const specialDates = fc.constantFrom('L', 'L-2', 'LW', '1W', '15W', '31W', '1,L', '10-20', '*/2');
const daysOfMonth = fc.oneof(
  { weight: 3, arbitrary: fc.constant('*') },
  specialDates,
  fieldOf(1, 31, [2, 5]),
);
const specialWeekdays = fc.constantFrom('0L', '5L', '1#1', '0#2,3#4', '7', '6#5', '4-7/3');
const daysOfWeek = fc.oneof(
  { weight: 3, arbitrary: fc.constant('*') },
  specialWeekdays,
  fieldOf(0, 6, [2, 3]),
);
const everyDay = fc.tuple(fc.constant('*'), fc.constant('*'), fc.constant('*'));
const anyDays = fc.tuple(daysOfMonth, months, daysOfWeek);

const schedules: fc.Arbitrary<WalkedSchedule> = fc
  .record({
    minute: minutes,
    hour: hours,
    days: fc.oneof(everyDay, anyDays),
    timezone: zones,
    dstGap: fc.constantFrom('next_valid' as const, 'skip' as const),
    dstOverlap: fc.constantFrom('first' as const, 'second' as const, 'both' as const),
  })
  .map(({ minute, hour, days: [dayOfMonth, month, dayOfWeek], ...rest }) => ({
    fields: ['0', minute, hour, dayOfMonth, month, dayOfWeek],
    ...rest,
  }));

const instants = fc.integer({ min: START, max: END });

function compile({ fields, timezone, dstGap, dstOverlap }: WalkedSchedule): Recurrence {
  const spec = { type: 'cron', cronExpression: fields.join(' '), timezone, dstGap, dstOverlap } as const;
  return compileRecurrence(spec, { startAt: null, endAt: null }, 'seed');
}

/** Dates that no year has are refused, and another test's matter. */
function canFire(schedule: WalkedSchedule): boolean {
  try {
    return compile(schedule) !== null;
  } catch {
    return false;
  }
}

const firingSchedules = schedules.filter(canFire);

function iterate(recurrence: Recurrence, after: number, until: number, most = 5_000): number[] {
  const fired: number[] = [];
  let instant = recurrence.nextAfter(after);
  while (instant !== null && instant <= until && fired.length < most) {
    fired.push(instant);
    instant = recurrence.nextAfter(instant);
  }
  return fired;
}

describe('any schedule in any zone', () => {
  it('fires on the very minutes that a walk along the clocks on the wall finds, around clock changes', () => {
    const years = fc.integer({ min: FIRST_YEAR, max: LAST_YEAR });
    fc.assert(
      fc.property(firingSchedules, years, fc.nat(), (schedule, year, pick) => {
        const changes = clockChanges(schedule.timezone, year);
        const middle = changes[pick % changes.length] ?? Date.UTC(year, 0, 1) + (pick % 365) * DAY_MS;
        const [from, to] = [middle - 6 * HOUR_MS, middle + 8 * HOUR_MS];
        expect(iterate(compile(schedule), from - 1, to - 1)).toEqual(
          walkInstants(schedule, from, to, MINUTE_MS),
        );
      }),
      { numRuns: 350 },
    );
  });

  it('fires on the very seconds that such a walk finds, when the expression has seconds', () => {
    const zonesWithChanges = fc.constantFrom(
      'America/New_York',
      'Europe/Berlin',
      'Australia/Lord_Howe',
      'Africa/Cairo',
    );
    fc.assert(
      fc.property(
        firingSchedules,
        zonesWithChanges,
        minutes,
        fc.constantFrom(0, 1),
        (anySchedule, timezone, second, nth) => {
          const [, minute, hour] = anySchedule.fields;
          const schedule: WalkedSchedule = {
            ...anySchedule,
            timezone,
            fields: [second, minute, hour, '*', '*', '*'],
          };
          const change = clockChanges(timezone, 2024)[nth]!;
          const [from, to] = [change - 90 * MINUTE_MS, change + 90 * MINUTE_MS];
          expect(iterate(compile(schedule), from - 1, to - 1, 1e6)).toEqual(
            walkInstants(schedule, from, to, 1_000),
          );
        },
      ),
      { numRuns: 20 },
    );
  });

  it('fires strictly after the instant asked from, at a local time of its fields or at the end of a gap', () => {
    fc.assert(
      fc.property(firingSchedules, instants, (schedule, after) => {
        const wallAt = wallClock(schedule.timezone);
        const isEndOfGap = (at: number) => wallAt(at) - wallAt(at - 1_000) > 1_000;
        const fired = iterate(compile(schedule), after, Infinity, 5);
        for (const at of fired) {
          expect(
            matchesFields(schedule.fields, wallAt(at)) ||
              (schedule.dstGap === 'next_valid' && isEndOfGap(at)),
          ).toBe(true);
        }
        expect([after, ...fired].every((at, index, all) => index === 0 || at > all[index - 1]!)).toBe(true);
        expect(fired).toHaveLength(5);
      }),
      { numRuns: 1_000 },
    );
  });

  it('gives the same answer whether one iterates or asks again from any point, by a fresh engine too', () => {
    fc.assert(
      fc.property(
        firingSchedules,
        instants,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (schedule, after, share) => {
          const fired = iterate(compile(schedule), after, after + 400 * DAY_MS, 200);
          for (const [index, at] of fired.entries()) {
            const previous = fired[index - 1] ?? after;
            const between = previous + Math.floor((at - 1 - previous) * share);
            expect(compile(schedule).nextAfter(between)).toBe(at);
          }
        },
      ),
      { numRuns: 150 },
    );
  });

  it('counts, finds the latest and takes the newest as an enumeration would', () => {
    const lengths = fc.integer({ min: 0, max: 40 * DAY_MS });
    fc.assert(
      fc.property(firingSchedules, instants, lengths, fc.nat(20), (schedule, after, length, limit) => {
        const recurrence = compile(schedule);
        const until = after + length;
        const fired = iterate(recurrence, after, until, 1e6);
        expect(recurrence.countIn(after, until)).toBe(fired.length);
        expect(recurrence.latestAtOrBefore(until, after)).toBe(fired.at(-1) ?? null);
        expect(recurrence.newestIn(after, until, limit)).toEqual(limit === 0 ? [] : fired.slice(-limit));
      }),
      { numRuns: 250 },
    );
  });

  it('finds going back the same instants as going forward, over years', () => {
    fc.assert(
      fc.property(firingSchedules, instants, (schedule, after) => {
        const fired = iterate(compile(schedule), after, Infinity, 60);
        expect(compile(schedule).newestIn(after, fired.at(-1)!, 1_000)).toEqual(fired);
        expect(compile(schedule).countIn(after, fired.at(-1)!)).toBe(fired.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a wildcard expression', () => {
  it.each(Intl.supportedValuesOf('timeZone'))(
    'has neither hole nor double in twenty years of %s',
    (timezone) => {
      const everyMinute = compile({
        fields: ['0', '*', '*', '*', '*', '*'],
        timezone,
        dstGap: 'next_valid',
        dstOverlap: 'first',
      });
      expect(everyMinute.countIn(START, END)).toBe((END - START) / MINUTE_MS);
    },
  );

  it('fires every minute of elapsed time through every kind of clock change', () => {
    fc.assert(
      fc.property(zones, instants, (timezone, after) => {
        const everyMinute = compile({
          fields: ['0', '*', '*', '*', '*', '*'],
          timezone,
          dstGap: 'skip',
          dstOverlap: 'first',
        });
        const from = Math.floor(after / MINUTE_MS) * MINUTE_MS;
        const change = clockChanges(timezone, new Date(from).getUTCFullYear())[0];
        const day = (change ?? from) - 12 * HOUR_MS;
        const fired = iterate(everyMinute, day, day + DAY_MS);
        expect(fired).toEqual(Array.from({ length: 1_440 }, (_, index) => day + (index + 1) * MINUTE_MS));
      }),
      { numRuns: 60 },
    );
  });
});
