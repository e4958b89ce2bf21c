import { describe, expect, it } from '@jest/globals';
import type { Schedule } from '@app/schedules';
import type { Circumstances, ExecutionRecord } from './explanation.js';
import { startDelaysOf } from './start-delays.js';

const NOON = Date.parse('2026-06-01T12:00:00Z');
/** Milliseconds after noon; null = not yet. */
interface Times {
  readonly due?: number;
  readonly created?: number;
  readonly queued?: number | null;
  readonly started: number | null;
  readonly attempt?: number;
}

const dateOf = (afterNoonMs: number | null) => (afterNoonMs === null ? null : new Date(NOON + afterNoonMs));

const recordOf = ({ due = 0, created = 0, queued = 0, started, attempt = 1 }: Times): ExecutionRecord => ({
  id: '01981b5e-7c00-7000-8000-0123456789ab',
  scheduledFor: new Date(NOON),
  trigger: 'schedule',
  state: 'running',
  reason: null,
  reasonDetail: null,
  hold: null,
  dueAt: new Date(NOON + due),
  createdAt: new Date(NOON + created),
  queuedAt: dateOf(queued),
  startedAt: dateOf(started),
  finishedAt: null,
  attempt,
  error: null,
});

const circumstancesOf = (overlapPolicy: Schedule['overlapPolicy'], maxConcurrency: number | null) =>
  ({
    schedule: { overlapPolicy } as Schedule,
    job: { active: true, maxConcurrency, updatedAt: null },
    service: { maxConcurrentRuns: null },
    jitterMs: 7,
    now: NOON,
    keptSince: 0,
    calendarAt: () => null,
  }) satisfies Circumstances;

const NAMES = ['jitterMs', 'firingMs', 'overlapMs', 'concurrencyMs', 'dispatchMs', 'queueMs'] as const;

describe('startDelaysOf', () => {
  it.each<[string, Times, previousEnd: number | null, number | null, number[]]>([
    //                                                            jitter firing overlap concurrency dispatch queue
    ['no delay', { started: 0 }, null, null, [0, 0, 0, 0, 0, 0]],
    ['each part', { due: 10, created: 30, queued: 100, started: 150 }, 60, null, [10, 20, 30, 0, 40, 50]],
    ['a limit of the job', { created: 5, queued: 100, started: 150 }, null, 1, [0, 5, 0, 95, 0, 50]],
    [
      'fired before its jitter',
      { due: 50, created: 2, queued: 60, started: 61 },
      null,
      null,
      [50, 0, 0, 0, 10, 1],
    ],
    ['a run before that ended in time', { queued: 10, started: 20 }, -5, null, [0, 0, 0, 0, 10, 10]],
    ['a run before that ended later', { queued: 10, started: 20 }, 99, null, [0, 0, 10, 0, 0, 10]],
    [
      'a second attempt, which has overwritten the first hand-over',
      { due: 500, created: 5, queued: 510, started: 40, attempt: 2 },
      null,
      null,
      [7, 0, 0, 0, 0, 33],
    ],
    ['a clock that went back', { started: -10 }, null, null, [0, 0, 0, 0, 0, 0]],
  ])('%s', (_what, times, previousEnd, maxConcurrency, expected) => {
    const previousEndedAt = previousEnd === null ? null : NOON + previousEnd;
    const delays = startDelaysOf(
      recordOf(times),
      circumstancesOf('buffer_all', maxConcurrency),
      previousEndedAt,
    );
    expect(NAMES.map((name) => delays?.[name])).toEqual(expected);
  });

  it('knows no wait for the run before under `allow`', () => {
    const record = recordOf({ queued: 90, started: 100 });
    expect(startDelaysOf(record, circumstancesOf('allow', null), NOON + 50)).toMatchObject({
      overlapMs: 0,
      dispatchMs: 90,
    });
  });

  it("counts the wait for room within the service's limit", () => {
    const circumstances = { ...circumstancesOf('allow', null), service: { maxConcurrentRuns: 3 } };
    expect(startDelaysOf(recordOf({ queued: 90, started: 100 }), circumstances, null)).toMatchObject({
      concurrencyMs: 90,
      dispatchMs: 0,
      queueMs: 10,
    });
  });

  it('is null before the start', () => {
    expect(startDelaysOf(recordOf({ started: null }), circumstancesOf('skip', null), null)).toBeNull();
  });
});
