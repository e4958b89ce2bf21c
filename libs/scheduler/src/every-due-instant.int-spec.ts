import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import fc from 'fast-check';
import { StoppedClock } from '../../../test/support/stopped-clock.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { startFirer } from '../../../test/support/worker-under-test.js';
import { type Act, type Definition, ScheduleLife } from './testing/schedule-life.js';

const START = new Date('2026-06-01T12:00:00.500Z');
const NO_TIMES = { cronExpression: null, intervalSeconds: null, runAt: null };
const BOUNDS = { startAt: null, endAt: null };

let database: TestDatabase;
let clock: StoppedClock;
let app: INestApplicationContext;

beforeAll(async () => {
  database = await createTestDatabase();
  clock = await StoppedClock.install(database, START);
  app = await startFirer(database, 'postgres', clock);
}, 30_000);

afterAll(async () => {
  await app?.close();
  await clock?.close();
  await database?.drop();
});

const waits = fc.constantFrom(0, 1, 1_000, 9_000, 61_000, 300_000, 4_000_000);

const timings = fc.oneof(
  fc
    .constantFrom(1, 7, 60, 900)
    .map((intervalSeconds) => () => ({ ...NO_TIMES, ...BOUNDS, type: 'interval' as const, intervalSeconds })),
  fc
    .constantFrom('* * * * *', '*/10 * * * * *', '5,35 */2 * * *')
    .map((cronExpression) => () => ({ ...NO_TIMES, ...BOUNDS, type: 'cron' as const, cronExpression })),
  waits.map((afterMs) => (now: Date) => ({
    ...NO_TIMES,
    ...BOUNDS,
    type: 'one_time' as const,
    runAt: new Date(now.getTime() + afterMs + 1),
  })),
  waits.map((afterMs) => (now: Date) => ({
    ...NO_TIMES,
    type: 'interval' as const,
    intervalSeconds: 20,
    startAt: new Date(now.getTime() + afterMs),
    endAt: new Date(now.getTime() + afterMs + 90_000),
  })),
);

const policies = fc.record({
  overlapPolicy: fc.constantFrom('skip', 'allow', 'buffer_one', 'buffer_all', 'cancel_running'),
  misfirePolicy: fc.constantFrom('fire_once', 'skip', 'fire_all'),
  misfireGraceSeconds: fc.constantFrom(0, 60, 3_600),
  catchupWindowSeconds: fc.constantFrom(600, 86_400),
  maxCatchup: fc.constantFrom(1, 100),
} as const);

const acts: fc.Arbitrary<Act> = fc.oneof(
  timings.map((to) => ({ act: 'change' as const, to })),
  policies.map((policy) => ({ act: 'change' as const, to: () => policy })),
  fc.constantFrom('none', 'last', 'all').map((catchup) => ({ act: 'resume' as const, catchup })),
  ...(['fire', 'fire', 'end runs', 'pause', 'deactivate', 'activate'] as const).map((act) =>
    fc.constant({ act }),
  ),
);

/** A deletion ends the story, so it may only be its last line. */
const lives = fc.record({
  timing: timings,
  policy: policies,
  acts: fc.array(fc.tuple(waits, acts), { maxLength: 12 }),
  end: fc.option(fc.tuple(waits, fc.constantFrom<Act>({ act: 'delete' }, { act: 'delete job' }))),
});

const REST: Partial<Definition> = {
  timezone: 'UTC',
  dstGap: 'next_valid',
  dstOverlap: 'first',
  parameters: {},
  jitterSeconds: 0,
  maxRuns: null,
  calendars: [],
};

describe('whatever happens to a schedule', () => {
  it('has each instant that came due while it was on the clock in its history, once', async () => {
    const livesOn = fc.asyncProperty(lives, async ({ timing, policy, acts, end }) => {
      await clock.set(START);
      const definition = { ...REST, ...policy, ...timing(START) } as Definition;
      const life = await ScheduleLife.begin(app, clock, definition);
      for (const [waitMs, act] of [...acts, ...(end ? [end] : [])]) await life.go(waitMs, act);
      const nothing = { lost: [], repeated: [], unknown: [], miscounted: [], miscountedRuns: 0 };
      expect(await life.audit()).toEqual(nothing);
    });
    await fc.assert(livesOn, { numRuns: Number(process.env.LIVES ?? 100) });
  }, 300_000);
});
