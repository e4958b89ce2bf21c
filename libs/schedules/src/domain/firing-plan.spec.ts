import { describe, expect, it, test } from '@jest/globals';
import { at, IDLE, inSteps, line, lines, plan, RUNNING } from '../testing/firing-lines.js';
import type { FiringContext } from './firing-plan.js';
import type { Schedule } from './schedule.js';

describe('what is due', () => {
  it('fires the one instant that is due and names the next', () => {
    const { firings, nextRunAt, lastRunAt, runs, finished } = plan({}, '00:00:00.004');
    expect(firings.map(line)).toEqual(['00:00:00 run']);
    expect({ nextRunAt, lastRunAt, runs, finished }).toEqual({
      nextRunAt: at('00:00:10'),
      lastRunAt: at('00:00:00'),
      runs: 1,
      finished: null,
    });
  });

  it('never plans the future', () => {
    const { firings, nextRunAt } = plan({ nextRunAt: new Date(at('00:00:10')) }, '00:00:09.999');
    expect(firings).toEqual([]);
    expect(nextRunAt).toBe(at('00:00:10'));
  });

  it('delays the start by the jitter and leaves the instant as it is', () => {
    const [firing] = plan({ jitterSeconds: 30 }, '00:00:00').firings;
    expect(firing?.scheduledFor).toBe(at('00:00:00'));
    expect(firing?.dueAt).toBeGreaterThan(at('00:00:00'));
    expect(firing?.dueAt).toBeLessThanOrEqual(at('00:00:30'));
  });
});

describe('misfires, a minute of grace', () => {
  const allow = { overlapPolicy: 'allow' } as const;

  test.each([
    [
      'within grace everything fires',
      'fire_once',
      '00:00:20',
      ['00:00:00 run', '00:00:10 run', '00:00:20 run'],
    ],
    ['at the very end of grace too', 'skip', '00:01:00', inSteps('run', '00:00:00', 7)],
    [
      'fire_once runs the latest late one',
      'fire_once',
      '00:05:00',
      ['00:03:40 missed misfire 00:00:00–00:03:40 ×23', '00:03:50 catchup', ...inSteps('run', '00:04:00', 7)],
    ],
    [
      'fire_once with one late instant has nothing to record',
      'fire_once',
      '00:01:09',
      ['00:00:00 catchup', ...inSteps('run', '00:00:10', 6)],
    ],
    [
      'skip records them all',
      'skip',
      '00:05:00',
      ['00:03:50 missed misfire 00:00:00–00:03:50 ×24', ...inSteps('run', '00:04:00', 7)],
    ],
    [
      'fire_all runs them all',
      'fire_all',
      '00:01:20',
      ['00:00:00 catchup', '00:00:10 catchup', ...inSteps('run', '00:00:20', 7)],
    ],
  ] as const)('%s', (_, misfirePolicy, now, expected) => {
    expect(lines({ ...allow, misfirePolicy }, now)).toEqual(expected);
  });

  it('fire_all leaves out what is too old and what is too much', () => {
    const given = { ...allow, misfirePolicy: 'fire_all', catchupWindowSeconds: 120, maxCatchup: 2 } as const;
    expect(lines(given, '00:05:05').slice(0, 5)).toEqual([
      '00:03:00 missed catchup_window 00:00:00–00:03:00 ×19',
      '00:03:40 missed catchup_cap 00:03:10–00:03:40 ×4',
      '00:03:50 catchup',
      '00:04:00 catchup',
      '00:04:10 run',
    ]);
  });

  it('fire_all with a cap of nothing records all', () => {
    const given = { ...allow, misfirePolicy: 'fire_all', maxCatchup: 0 } as const;
    expect(lines(given, '00:01:20')[0]).toBe('00:00:10 missed catchup_cap 00:00:00–00:00:10 ×2');
  });

  it('counts a year of seconds in milliseconds', () => {
    const started = process.cpuUsage();
    const yearLater = { now: Date.parse('2027-01-01T00:00:00Z') };
    const { firings } = plan({ intervalSeconds: 1, misfireGraceSeconds: 0 }, '00:00:00', yearLater);
    expect(firings[0]?.reasonDetail).toMatchObject({ count: 365 * 86_400 - 1 });
    expect(process.cpuUsage(started).user).toBeLessThan(100_000);
  });

  it('stops at a thousand runs and goes on there', () => {
    const given = { ...allow, intervalSeconds: 1, misfireGraceSeconds: 86_400 };
    const { firings, nextRunAt } = plan(given, '01:00:00');
    expect(firings).toHaveLength(1_000);
    expect(nextRunAt).toBe(at('00:16:40'));
  });
});

describe('overlap', () => {
  test.each([
    ['skip', IDLE, ['00:00:00 run', '00:00:10 skipped overlap', '00:00:20 skipped overlap']],
    ['skip', RUNNING, inSteps('skipped overlap', '00:00:00', 3)],
    ['allow', RUNNING, inSteps('run', '00:00:00', 3)],
    ['buffer_one', IDLE, ['00:00:00 run', '00:00:10 run held', '00:00:20 skipped overlap']],
    ['buffer_one', { ...RUNNING, heldCount: 1 }, inSteps('skipped overlap', '00:00:00', 3)],
    ['buffer_all', RUNNING, inSteps('run held', '00:00:00', 3)],
    ['cancel_running', IDLE, ['00:00:00 skipped overlap', '00:00:10 skipped overlap', '00:00:20 run']],
    [
      'cancel_running',
      RUNNING,
      ['00:00:00 skipped overlap', '00:00:10 skipped overlap', '00:00:20 run held'],
    ],
  ] as const)('%s when %o', (overlapPolicy, runs, expected) => {
    expect(lines({ overlapPolicy }, '00:00:20', { runs })).toEqual(expected);
  });

  it('names the run that is in the way, by id or, without one yet, by instant', () => {
    const inTheWay = (runs: FiringContext['runs']) => plan({}, '00:00:10', { runs }).firings[1]?.reasonDetail;
    expect(inTheWay(RUNNING)).toEqual({ blockingExecutionId: 'running-id' });
    expect(inTheWay(IDLE)).toEqual({ blockingScheduledFor: '2026-01-01T00:00:00.000Z' });
  });

  it('cancels only when there is something to cancel and something to run', () => {
    const cancels = (runs: FiringContext['runs'], given: Partial<Schedule> = {}) =>
      plan({ overlapPolicy: 'cancel_running', ...given }, '00:00:00', { runs }).cancelRunning;
    expect(cancels(RUNNING)).toBe(true);
    expect(cancels(IDLE)).toBe(false);
    expect(cancels(RUNNING, { overlapPolicy: 'skip' })).toBe(false);
    expect(cancels(RUNNING, { nextRunAt: new Date(at('00:00:10')) })).toBe(false);
  });

  test.each(['skip', 'buffer_one', 'buffer_all', 'cancel_running'] as const)(
    'catch-up runs of fire_all wait for one another under %s',
    (overlapPolicy) => {
      const given = { overlapPolicy, misfirePolicy: 'fire_all', misfireGraceSeconds: 0 } as const;
      const expected = ['00:00:00 catchup', '00:00:10 catchup held', '00:00:20 catchup held'];
      expect(lines(given, '00:00:25')).toEqual(expected);
    },
  );
});

describe('the end of a schedule', () => {
  it('is reached after maxRuns runs, whatever else is due', () => {
    const plenty = { overlapPolicy: 'allow', maxRuns: 5, runCount: 3 } as const;
    const { firings, finished, nextRunAt } = plan(plenty, '00:00:50');
    expect(firings.map(line)).toEqual(['00:00:00 run', '00:00:10 run']);
    expect({ finished, nextRunAt }).toEqual({ finished: 'max_runs_reached', nextRunAt: null });
  });

  it('is not brought nearer by what was skipped', () => {
    expect(plan({ maxRuns: 2 }, '00:00:50').finished).toBeNull();
  });

  it('is there at once when the runs were used up before', () => {
    expect(plan({ maxRuns: 2, runCount: 2 }, '00:00:50')).toMatchObject({
      firings: [],
      finished: 'max_runs_reached',
    });
  });

  test.each([
    ['end_at_passed', { endAt: new Date(at('00:00:15')) }],
    ['completed', { type: 'one_time', runAt: new Date(at('00:00:00')), intervalSeconds: null }],
  ] as const)('%s', (finished, given) => {
    expect(plan(given, '00:00:20')).toMatchObject({ finished, nextRunAt: null });
  });
});

describe('an inactive job', () => {
  const inactive = { job: { active: false } };

  it('leaves one record and the clock', () => {
    const { firings, nextRunAt, offClock, finished } = plan({}, '01:00:00', inactive);
    expect(firings.map(line)).toEqual(['01:00:00 skipped job_inactive 00:00:00–01:00:00 ×361']);
    expect({ offClock, finished }).toEqual({ offClock: true, finished: null });
    expect(nextRunAt).toBe(at('01:00:10'));
  });

  it('ends a schedule with nothing to come', () => {
    expect(plan({ endAt: new Date(at('00:00:05')) }, '00:00:20', inactive).finished).toBe('end_at_passed');
    const once = { type: 'one_time', runAt: new Date(at('00:00:00')), intervalSeconds: null } as const;
    expect(plan(once, '00:00:20', inactive).finished).toBe('run_at_passed');
  });
});

describe('after a resume at 00:00:25', () => {
  const resumed = { updatedAt: new Date(at('00:00:25')), overlapPolicy: 'allow' } as const;

  test.each([
    ['none', ['00:00:20 skipped paused 00:00:00–00:00:20 ×3', '00:00:30 run']],
    ['last', ['00:00:10 missed paused 00:00:00–00:00:10 ×2', '00:00:20 catchup', '00:00:30 run']],
    ['all', ['00:00:00 catchup', '00:00:10 catchup', '00:00:20 catchup', '00:00:30 run']],
  ] as const)('%s', (catchupOverride, expected) => {
    expect(lines({ ...resumed, catchupOverride }, '00:00:30')).toEqual(expected);
  });

  test.each([
    [
      'none',
      [
        '00:00:20 skipped paused 00:00:00–00:00:20 ×3',
        '00:03:40 missed misfire 00:00:30–00:03:40 ×20',
        '00:03:50 catchup',
      ],
    ],
    [
      'last',
      [
        '00:00:20 missed paused 00:00:00–00:00:20 ×3',
        '00:03:40 missed misfire 00:00:30–00:03:40 ×20',
        '00:03:50 catchup',
      ],
    ],
  ] as const)('and an outage right after it, %s is about the pause alone', (catchupOverride, expected) => {
    const late = lines({ ...resumed, catchupOverride, misfirePolicy: 'fire_once' }, '00:05:00');
    expect(late).toEqual([...expected, ...inSteps('run', '00:04:00', 7)]);
  });
});
