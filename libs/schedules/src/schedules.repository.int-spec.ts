import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Job } from '@app/jobs';
import type { Schedule } from './domain/schedule.js';
import type { ScheduleAdvance } from './index.js';
import { scheduleOf } from './testing/schedule-of.js';
import { type SchedulesApp, startSchedulesApp } from './testing/schedules-app.js';

let app: SchedulesApp;
let job: Job;

beforeAll(async () => {
  app = await startSchedulesApp();
});

afterAll(() => app?.close());

beforeEach(async () => {
  await app.database.query('DELETE FROM schedules');
  job = await app.createJob();
});

const secondsAgo = (seconds: number) => new Date(Date.now() - seconds * 1_000);

async function store(given: Partial<Schedule> = {}): Promise<Schedule> {
  const schedule = scheduleOf({ id: uuidv7(), jobId: job.id, ...given });
  await app.repository.transaction((tx) => app.repository.insert(tx, schedule));
  return schedule;
}

const lockDue = (tx: EntityManager, limit = 10) => app.repository.lockDue(tx, limit);

const dueIds = async (limit?: number) => {
  const { due } = await app.repository.transaction((tx) => lockDue(tx, limit));
  return due.map(({ schedule }) => schedule.id);
};

async function advance(scheduleId: string, change: Partial<ScheduleAdvance>): Promise<Schedule | null> {
  const unchanged = {
    scheduleId,
    nextRunAt: null,
    offClock: false,
    lastRunAt: null,
    runs: 0,
    finished: null,
  };
  await app.repository.transaction((tx) => app.repository.advance(tx, [{ ...unchanged, ...change }]));
  return app.repository.find('default', scheduleId);
}

describe('lockDue', () => {
  it('gives what is due, oldest first, up to the limit', async () => {
    const later = await store({ nextRunAt: secondsAgo(1) });
    const earlier = await store({ nextRunAt: secondsAgo(9) });
    await store({ nextRunAt: secondsAgo(-60) });
    await store({ active: false, nextRunAt: null });
    expect(await dueIds()).toEqual([earlier.id, later.id]);
    expect(await dueIds(1)).toEqual([earlier.id]);
  });

  it('gives schedules as they were stored, with what an execution needs of the job', async () => {
    const stored = await store({
      type: 'cron',
      cronExpression: '@daily',
      intervalSeconds: null,
      endAt: new Date('2030-01-01T00:00:00Z'),
      parameters: { a: [1, null] },
      calendars: ['holidays'],
      maxRuns: 3,
      catchupOverride: 'last',
      nextRunAt: secondsAgo(1),
    });
    const { now, due } = await app.repository.transaction((tx) => lockDue(tx));
    expect(Math.abs(now.getTime() - Date.now())).toBeLessThan(5_000);
    expect(due[0]?.schedule).toMatchObject(stored);
    expect(due[0]?.job).toEqual({
      id: job.id,
      version: 1,
      active: true,
      priority: 4,
      maxAttempts: 3,
      isLimited: true,
      isMetered: false,
      parameters: { fromJob: true },
      service: 'default',
    });
  });

  it('gives the clock when nothing is due', async () => {
    const { now, due } = await app.repository.transaction((tx) => lockDue(tx));
    expect(due).toEqual([]);
    expect(now).toBeInstanceOf(Date);
  });

  it('leaves to others what they hold', async () => {
    const ids = [await store({ nextRunAt: secondsAgo(2) }), await store({ nextRunAt: secondsAgo(1) })];
    await app.repository.transaction(async (first) => {
      const mine = await lockDue(first, 1);
      const theirs = await dueIds();
      expect(mine.due.map(({ schedule }) => schedule.id)).toEqual([ids[0]?.id]);
      expect(theirs).toEqual([ids[1]?.id]);
    });
  });
});

describe('advance', () => {
  it('moves on, counts, uses up the override, and makes no new version', async () => {
    const { id, updatedAt } = await store({ catchupOverride: 'all', runCount: 2 });
    const [nextRunAt, lastRunAt] = [new Date('2030-01-01T00:00:10Z'), new Date('2030-01-01T00:00:00Z')];
    expect(await advance(id, { nextRunAt, lastRunAt, runs: 3 })).toMatchObject({
      nextRunAt,
      lastRunAt,
      runCount: 5,
      catchupOverride: null,
      active: true,
      version: 1,
      updatedAt,
    });
  });

  it('keeps the last run when none ran', async () => {
    const lastRunAt = new Date('2025-01-01T00:00:00Z');
    const { id } = await store({ lastRunAt });
    expect(await advance(id, { nextRunAt: secondsAgo(-9) })).toMatchObject({ lastRunAt, runCount: 0 });
  });

  it('ends a schedule with its reason', async () => {
    const { id } = await store();
    const ended = { active: false, nextRunAt: null, pauseReason: 'completed', pausedAt: null };
    expect(await advance(id, { finished: 'completed' })).toMatchObject(ended);
  });

  it('takes a schedule of an inactive job off the clock, but not one whose job is active again', async () => {
    const [staying, leaving] = [await store({ nextRunAt: secondsAgo(1) }), await store()];
    const change = { nextRunAt: new Date('2030-01-01T00:00:00Z'), offClock: true };
    expect((await advance(staying.id, change))?.nextRunAt).toEqual(change.nextRunAt);
    await app.database.query('UPDATE jobs SET active = false WHERE id = $1', [job.id]);
    expect((await advance(leaving.id, change))?.nextRunAt).toBeNull();
  });
});

describe('park', () => {
  it('leaves a visible reason and the place where a resume goes on', async () => {
    const { id } = await store({ nextRunAt: new Date('2026-01-01T00:00:00Z') });
    await app.repository.transaction((tx) => app.repository.park(tx, id, 'error: no such zone'));
    expect(await app.repository.find('default', id)).toMatchObject({
      active: false,
      pauseReason: 'error: no such zone',
      pausedAt: new Date('2025-12-31T23:59:59.999Z'),
      nextRunAt: null,
      version: 2,
    });
  });
});

describe('untilDueMs', () => {
  const HOUR_MS = 3_600_000;
  const inHours = (hours: number) => new Date(Date.now() + hours * HOUR_MS);

  it('is the time to the next instant of all schedules, or null', async () => {
    expect(await app.repository.untilDueMs()).toBeNull();
    await store({ nextRunAt: inHours(2) });
    await store({ nextRunAt: inHours(1) });
    const untilDueMs = await app.repository.untilDueMs();
    expect(untilDueMs).toBeLessThanOrEqual(HOUR_MS);
    expect(untilDueMs).toBeGreaterThan(0.9 * HOUR_MS);
  });

  it('is negative for what is due already', async () => {
    await store({ nextRunAt: inHours(-1) });
    expect(await app.repository.untilDueMs()).toBeLessThanOrEqual(-HOUR_MS);
  });
});

describe('list', () => {
  it('pages newest first and narrows', async () => {
    const ids: string[] = [];
    for (const active of [true, false, true]) {
      ids.unshift((await store({ active, nextRunAt: null })).id);
    }
    const list = async (...args: Parameters<typeof app.repository.list>) =>
      (await app.repository.list(...args)).map(({ id }) => id);
    expect(await list('default', {}, { limit: 2 })).toEqual(ids.slice(0, 2));
    expect(await list('default', {}, { limit: 2, beforeId: ids[1] })).toEqual(ids.slice(2));
    expect(await list('default', { active: false }, { limit: 9 })).toEqual([ids[1]]);
    expect(await list('default', { types: ['cron', 'one_time'] }, { limit: 9 })).toEqual([]);
    expect(await list('another', {}, { limit: 9 })).toEqual([]);
    expect(await list('default', { jobId: job.id }, { limit: 9 })).toEqual(ids);
  });
});
