import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compileRecurrence, type Recurrence } from './recurrence.js';

const ANCHOR = Date.parse('2026-03-07T12:00:00.250Z');
const unbounded = { startAt: null, endAt: null };

function every(intervalSeconds: number): Recurrence {
  const spec = {
    type: 'interval',
    intervalSeconds,
    anchor: new Date(ANCHOR),
    timezone: 'America/New_York',
  } as const;
  return compileRecurrence(spec, unbounded, 'seed');
}

describe('an interval', () => {
  it('fires at its anchor, and then at anchor + k · interval', () => {
    expect(every(300).nextAfter(0)).toBe(ANCHOR);
    expect(every(300).nextAfter(ANCHOR)).toBe(ANCHOR + 300_000);
    expect(every(300).nextAfter(ANCHOR + 299_999)).toBe(ANCHOR + 300_000);
    expect(every(300).latestAtOrBefore(ANCHOR - 1, 0)).toBeNull();
  });

  it('does not notice clock changes', () => {
    const daily = every(86_400);
    const fired = daily.newestIn(0, ANCHOR + 3 * 86_400_000, 3);
    expect(fired.map((at) => new Date(at).toISOString().slice(5, 16))).toEqual([
      '03-08T12:00',
      '03-09T12:00',
      '03-10T12:00',
    ]);
  });

  it('neither drifts nor moves with the question, however long it slept', () => {
    const seconds = fc.integer({ min: 1, max: 10_000_000 });
    const instants = fc.integer({ min: ANCHOR - 1e12, max: ANCHOR + 1e13 });
    fc.assert(
      fc.property(seconds, instants, (intervalSeconds, after) => {
        const recurrence = every(intervalSeconds);
        const next = recurrence.nextAfter(after)!;
        expect(next).toBeGreaterThan(after);
        expect((next - ANCHOR) % (intervalSeconds * 1_000)).toBe(0);
        expect(next === ANCHOR || next - intervalSeconds * 1_000 <= after).toBe(true);
        expect(recurrence.latestAtOrBefore(next, after)).toBe(next);
        expect(recurrence.countIn(after, next + 9 * intervalSeconds * 1_000)).toBe(10);
      }),
    );
  });

  it.each([0, -1, 1.5, NaN, Infinity])('of %d seconds is refused', (intervalSeconds) => {
    expect(() => every(intervalSeconds)).toThrow(
      expect.objectContaining({ code: 'invalid_interval', field: 'intervalSeconds' }),
    );
  });

  it('ends where dates end', () => {
    expect(every(Number.MAX_SAFE_INTEGER).nextAfter(ANCHOR)).toBeNull();
  });
});

describe('a one-time schedule', () => {
  const spec = { type: 'one_time', runAt: new Date(ANCHOR), timezone: 'UTC' } as const;
  const once = compileRecurrence(spec, unbounded, 'seed');

  it('fires once', () => {
    expect(once.nextAfter(ANCHOR - 1)).toBe(ANCHOR);
    expect(once.nextAfter(ANCHOR)).toBeNull();
    expect(once.newestIn(0, ANCHOR, 5)).toEqual([ANCHOR]);
    expect(once.countIn(0, ANCHOR - 1)).toBe(0);
    expect(once.countIn(0, ANCHOR)).toBe(1);
  });

  it('is refused without an instant or a time zone', () => {
    expect(() => compileRecurrence({ ...spec, runAt: new Date(NaN) }, unbounded, 'seed')).toThrow(
      expect.objectContaining({ code: 'invalid_instant', field: 'runAt' }),
    );
    expect(() => compileRecurrence({ ...spec, timezone: 'UTC+25' }, unbounded, 'seed')).toThrow(
      expect.objectContaining({ code: 'unknown_time_zone', field: 'timezone' }),
    );
  });
});
