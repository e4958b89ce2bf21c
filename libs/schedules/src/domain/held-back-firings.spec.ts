import { describe, expect, it } from '@jest/globals';
import { at, line, lines, plan, RUNNING } from '../testing/firing-lines.js';

describe('calendars', () => {
  const before = (time: string) => (instant: number) => (instant < at(time) ? null : 'holidays');
  const allow = { overlapPolicy: 'allow' } as const;

  it('skip an instant with their name', () => {
    const { firings } = plan(allow, '00:00:10', { isExcluded: before('00:00:10') });
    expect(firings.map(line)).toEqual(['00:00:00 run', '00:00:10 skipped calendar']);
    expect(firings[1]?.reasonDetail).toEqual({ calendar: 'holidays' });
  });

  it('make fire_once run the latest instant outside them', () => {
    const given = { ...allow, misfireGraceSeconds: 0 };
    expect(lines(given, '00:00:45', { isExcluded: before('00:00:30') })).toEqual([
      '00:00:10 missed misfire 00:00:00–00:00:10 ×2',
      '00:00:20 catchup',
      '00:00:40 skipped calendar 00:00:30–00:00:40 ×2',
    ]);
  });

  it('may leave nothing to catch up with', () => {
    const given = { ...allow, misfireGraceSeconds: 0 };
    expect(lines(given, '00:00:45', { isExcluded: () => 'always' })).toEqual([
      '00:00:40 skipped calendar 00:00:00–00:00:40 ×5',
    ]);
  });
});

describe('a quota of runs', () => {
  const quota = (left: number) => ({ quota: { left, most: 10 } });

  it('keeps the newest of a catch-up and records each of the others', () => {
    const given = { misfirePolicy: 'fire_all', maxCatchup: 4, catchupWindowSeconds: 120 } as const;
    const backlog = lines(given, '00:02:00', quota(2)).filter((text) => text < '00:01:00');
    expect(backlog).toEqual([
      '00:00:10 missed catchup_cap 00:00:00–00:00:10 ×2',
      '00:00:20 skipped quota',
      '00:00:30 skipped quota',
      '00:00:40 catchup',
      '00:00:50 catchup held',
    ]);
  });

  it('is spared by what the overlap policy or a calendar holds back', () => {
    expect(lines({ overlapPolicy: 'skip' }, '00:00:20', quota(1))).toEqual([
      '00:00:00 run',
      '00:00:10 skipped overlap',
      '00:00:20 skipped overlap',
    ]);
    const isExcluded = (instant: number) => (instant === at('00:00:00') ? 'holidays' : null);
    expect(lines({ overlapPolicy: 'allow' }, '00:00:10', { ...quota(1), isExcluded })).toEqual([
      '00:00:00 skipped calendar',
      '00:00:10 run',
    ]);
  });

  it('that is used up starts nothing, ends nothing and counts nothing', () => {
    const used = { ...quota(0), runs: RUNNING };
    const { firings, runs, lastRunAt, cancelRunning, finished } = plan(
      { overlapPolicy: 'cancel_running', maxRuns: 1 },
      '00:00:10',
      used,
    );
    expect(firings.map(line)).toEqual(['00:00:00 skipped quota', '00:00:10 skipped quota']);
    expect({ runs, lastRunAt, cancelRunning, finished }).toEqual({
      runs: 0,
      lastRunAt: null,
      cancelRunning: false,
      finished: null,
    });
    expect(firings[0]?.reasonDetail).toEqual({ maxRunsPerMinute: 10 });
  });

  it('is no reason where a run of the same schedule is in the way anyhow', () => {
    expect(lines({ overlapPolicy: 'skip' }, '00:00:10', { ...quota(0), runs: RUNNING })).toEqual([
      '00:00:00 skipped overlap',
      '00:00:10 skipped overlap',
    ]);
  });

  it('leaves a schedule its runs', () => {
    const { firings, runs, finished } = plan({ overlapPolicy: 'allow', maxRuns: 2 }, '00:00:20', quota(1));
    expect(firings.map(line)).toEqual(['00:00:00 skipped quota', '00:00:10 run', '00:00:20 skipped quota']);
    expect({ runs, finished }).toEqual({ runs: 1, finished: null });
  });
});
