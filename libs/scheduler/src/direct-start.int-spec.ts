import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ExecutionDispatcher, ExecutionsQueue, QueuePlaces, runKeyOf } from '@app/executions';
import { JobsService } from '@app/jobs';
import { aCall } from '../../../test/support/a-job.js';
import { seedSchedules } from '../../../test/support/seed-schedules.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { startFirer } from '../../../test/support/worker-under-test.js';
import { ScheduleFirer } from './schedule-firer.js';

const PENDING = { state: 'pending', delivery: 0 };
const QUEUED = { state: 'queued', delivery: 1 };

describe('a fire past the waiting line', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let dataSource: DataSource;
  let firer: ScheduleFirer;
  let dispatcher: ExecutionDispatcher;
  let queue: ExecutionsQueue;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await startFirer(database);
    dataSource = app.get(DataSource);
    firer = app.get(ScheduleFirer);
    dispatcher = app.get(ExecutionDispatcher, { strict: false });
    queue = app.get(ExecutionsQueue, { strict: false });
  });

  afterEach(() => dataSource.query('TRUNCATE schedules, executions'));

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const createJob = async (maxConcurrency: number | null = null): Promise<string> => {
    const job = await app
      .get(JobsService, { strict: false })
      .create('default', aCall(undefined, { maxConcurrency }));
    return job.id;
  };

  const fire = async (jobId: string, count: number): Promise<void> => {
    // An overlap would keep a second run of a schedule from the queue whatever else does.
    const schedules = { dueAt: 'now()', intervalSeconds: 3_600, overlapPolicy: 'allow' };
    await seedSchedules(dataSource, jobId, { count, ...schedules });
    await firer.fireDue();
  };

  const runs = (): Promise<unknown> => dataSource.query('SELECT state, delivery FROM executions');

  const runKeys = async (): Promise<string[]> => {
    const rows = await dataSource.query<{ id: string; delivery: number }[]>(
      'SELECT id, delivery FROM executions',
    );
    return rows.map(runKeyOf);
  };

  it('is stored as queued and handed over when nothing waits', async () => {
    const jobId = await createJob();
    const before = await queue.size();
    await dispatcher.dispatchDue();
    await fire(jobId, 3);
    expect(await runs()).toEqual([QUEUED, QUEUED, QUEUED]);
    await waitFor(async () => (await queue.size()) === before + 3);
  });

  it('waits for its dispatch when its job has a limit', async () => {
    await dispatcher.dispatchDue();
    await fire(await createJob(1), 3);
    expect(await runs()).toEqual([PENDING, PENDING, PENDING]);
  });

  it('waits for its dispatch when its service has a limit', async () => {
    await dispatcher.dispatchDue();
    await dataSource.query(`UPDATE services SET max_concurrent_runs = 1 WHERE slug = 'default'`);
    try {
      await fire(await createJob(), 3);
    } finally {
      await dataSource.query(`UPDATE services SET max_concurrent_runs = NULL`);
    }
    expect(await runs()).toEqual([PENDING, PENDING, PENDING]);
  });

  it('takes no more places than were counted, and leaves the rest to the next dispatch', async () => {
    await dispatcher.dispatchDue();
    const places = app.get(QueuePlaces, { strict: false });
    while (places.take());
    await fire(await createJob(), 3);
    expect(await runs()).toEqual([PENDING, PENDING, PENDING]);
    await dispatcher.dispatchDue();
    expect(await runs()).toEqual([QUEUED, QUEUED, QUEUED]);
  });

  it('waits for its dispatch when jitter puts its start off', async () => {
    await dispatcher.dispatchDue();
    const jobId = await createJob();
    await seedSchedules(dataSource, jobId, { count: 1, dueAt: 'now()', intervalSeconds: 3_600 });
    await dataSource.query('UPDATE schedules SET jitter_seconds = 3600');
    await firer.fireDue();
    expect(await runs()).toEqual([PENDING]);
  });

  it('is not handed over when its slot was taken by another scheduler', async () => {
    const jobId = await createJob();
    const before = await queue.runKeys();
    await dispatcher.dispatchDue();
    await fire(jobId, 1);
    await dataSource.query('UPDATE schedules SET next_run_at = anchor_at');
    await firer.fireDue();
    // Hand-overs happen in the background, in order: once a later one is there, this one would be.
    await dispatcher.dispatchDue();
    await fire(jobId, 1);
    expect(await runs()).toEqual([QUEUED, QUEUED]);
    const expected = await runKeys();
    const added = async () => [...(await queue.runKeys())].filter((key) => !before.has(key));
    await waitFor(async () => {
      const there = await added();
      return expected.every((key) => there.includes(key));
    });
    expect((await added()).sort()).toEqual(expected.sort());
  });
});
