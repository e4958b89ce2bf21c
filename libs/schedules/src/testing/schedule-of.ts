import type { Schedule } from '../domain/schedule.js';

/** A schedule for tests: every ten seconds since midnight, due since then, with the defaults of the contract. */
export function scheduleOf(given: Partial<Schedule> = {}): Schedule {
  const midnight = new Date('2026-01-01T00:00:00Z');
  return {
    id: '019b7600-0000-7000-8000-000000000001',
    service: 'default',
    jobId: '019b7600-0000-7000-8000-000000000002',
    type: 'interval',
    cronExpression: null,
    intervalSeconds: 10,
    runAt: null,
    anchorAt: midnight,
    timezone: 'UTC',
    startAt: null,
    endAt: null,
    parameters: {},
    jitterSeconds: 0,
    overlapPolicy: 'skip',
    misfirePolicy: 'fire_once',
    misfireGraceSeconds: 60,
    catchupWindowSeconds: 86_400,
    maxCatchup: 100,
    dstGap: 'next_valid',
    dstOverlap: 'first',
    maxRuns: null,
    calendars: [],
    active: true,
    pauseReason: null,
    pausedAt: null,
    catchupOverride: null,
    nextRunAt: midnight,
    lastRunAt: null,
    runCount: 0,
    version: 1,
    createdAt: midnight,
    updatedAt: midnight,
    ...given,
  };
}
