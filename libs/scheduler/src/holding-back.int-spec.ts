import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DispatchRepository, ExecutionDispatcher, ExecutionsService } from '@app/executions';
import { JobsService } from '@app/jobs';
import { aCall } from '../../../test/support/a-job.js';
import { seedSchedules } from '../../../test/support/seed-schedules.js';
import { seedWaiting } from '../../../test/support/seed-waiting.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { startFirer } from '../../../test/support/worker-under-test.js';
import { ScheduleFirer } from './schedule-firer.js';

describe('holding runs back', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let dataSource: DataSource;
  let firer: ScheduleFirer;
  let dispatcher: ExecutionDispatcher;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await startFirer(database);
    dataSource = app.get(DataSource);
    firer = app.get(ScheduleFirer);
    dispatcher = app.get(ExecutionDispatcher, { strict: false });
  });

  afterEach(() => dataSource.query('TRUNCATE schedules, executions'));

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const createJob = async (maxConcurrency: number | null, ofService = 'default'): Promise<string> => {
    const job = await app
      .get(JobsService, { strict: false })
      .create(ofService, aCall(undefined, { maxConcurrency }));
    return job.id;
  };

  const states = async (): Promise<string[]> => {
    const rows = await dataSource.query<{ shown: string }[]>(
      `SELECT concat_ws(' ', state, hold) AS shown FROM executions ORDER BY scheduled_for, state`,
    );
    return rows.map(({ shown }) => shown);
  };

  /** Another instant of the schedule is now: an interval's instants count from its anchor. */
  const fireAgain = async (): Promise<void> => {
    await dataSource.query(
      `UPDATE schedules SET anchor_at = now(), next_run_at = now()::timestamptz(3), version = version + 1`,
    );
    await firer.fireDue();
  };

  const finishActive = () =>
    dataSource.query(`UPDATE executions SET state = 'succeeded', finished_at = now() WHERE phase = 'active'`);

  it('queues no more of a job than its maxConcurrency, and goes on as runs end', async () => {
    const jobId = await createJob(2);
    await seedSchedules(dataSource, jobId, { count: 5, dueAt: 'now()', intervalSeconds: 3_600 });
    await firer.fireDue();
    await dispatcher.dispatchDue();
    expect((await states()).sort()).toEqual([
      ...Array<string>(3).fill('pending concurrency'),
      ...Array<string>(2).fill('queued'),
    ]);

    await finishActive();
    await dispatcher.dispatchDue();
    expect((await states()).filter((state) => state === 'queued')).toHaveLength(2);
  });

  it('never exceeds maxConcurrency however many dispatchers race', async () => {
    const jobId = await createJob(3);
    await seedSchedules(dataSource, jobId, { count: 200, dueAt: 'now()', intervalSeconds: 3_600 });
    await firer.fireDue();
    await Promise.all(Array.from({ length: 20 }, () => dispatcher.dispatchDue()));
    expect((await states()).filter((state) => state === 'queued')).toHaveLength(3);
  });

  it('goes on with a job that somebody asks for another run of at that moment', async () => {
    const jobId = await createJob(1);
    await seedWaiting(dataSource, jobId, 1);
    await app.get(DispatchRepository, { strict: false }).dispatchDue(10);
    expect(await states()).toEqual(['pending concurrency']);
    await dataSource.transaction(async (tx) => {
      await app.get(JobsService, { strict: false }).lockForUse(tx, 'default', jobId);
      await dispatcher.dispatchDue();
    });
    expect(await states()).toEqual(['queued']);
  });

  describe('within the limit of a service', () => {
    const MOST = 3;

    beforeAll(() =>
      dataSource.query(
        `INSERT INTO services (slug, name, max_concurrent_runs) VALUES ('limited', 'limited', $1)`,
        [MOST],
      ),
    );

    const statesOf = async (ofService: string): Promise<string[]> => {
      const rows = await dataSource.query<{ shown: string }[]>(
        `SELECT concat_ws(' ', state, hold) AS shown FROM executions WHERE service = $1 ORDER BY 1`,
        [ofService],
      );
      return rows.map(({ shown }) => shown);
    };

    it('queues no more of all its jobs together however many dispatchers race, and goes on as runs end', async () => {
      for (const maxConcurrency of [null, null, 2])
        await seedWaiting(dataSource, await createJob(maxConcurrency, 'limited'), 50);
      await Promise.all(Array.from({ length: 20 }, () => dispatcher.dispatchDue()));
      const queued = async () => (await statesOf('limited')).filter((state) => state === 'queued');
      expect(await queued()).toHaveLength(MOST);

      await finishActive();
      await dispatcher.dispatchDue();
      expect(await queued()).toHaveLength(MOST);
    });

    it('holds nothing of another service back', async () => {
      await seedWaiting(dataSource, await createJob(null, 'limited'), 5);
      await seedWaiting(dataSource, await createJob(null), 5);
      await dispatcher.dispatchDue();
      expect(await statesOf('default')).toEqual(Array<string>(5).fill('queued'));
      expect(await statesOf('limited')).toEqual([
        ...Array<string>(2).fill('pending concurrency'),
        ...Array<string>(MOST).fill('queued'),
      ]);
    });
  });

  it('takes a manual run of a full job into the same line', async () => {
    const jobId = await createJob(1);
    const service = app.get(ExecutionsService, { strict: false });
    await service.execute('default', jobId, { parameters: {}, traceparent: null });
    await dispatcher.dispatchDue();
    await service.execute('default', jobId, { parameters: {}, traceparent: null });
    await dispatcher.dispatchDue();
    expect(await states()).toEqual(['queued', 'pending concurrency']);
  });

  it('hands over one batch for all jobs together, the most urgent first', async () => {
    for (const priority of [7, 3]) {
      const jobId = await createJob(2);
      await dataSource.query('UPDATE jobs SET priority = $2 WHERE id = $1', [jobId, priority]);
      await seedSchedules(dataSource, jobId, { count: 2, dueAt: 'now()', intervalSeconds: 3_600 });
    }
    await firer.fireDue();
    const dispatches = app.get(DispatchRepository, { strict: false });
    await dispatches.dispatchDue(10);
    const { dispatched } = await dispatches.dispatchHeld(3);
    expect(dispatched.map(({ priority }) => priority).sort()).toEqual([3, 3, 7]);
  });

  it('ends what comes back of a job that was deleted meanwhile', async () => {
    const jobId = await createJob(null);
    await seedSchedules(dataSource, jobId, { count: 1, dueAt: 'now()', intervalSeconds: 3_600 });
    await firer.fireDue();
    await app.get(JobsService, { strict: false }).delete('default', jobId, null);
    expect(await states()).toEqual(['cancelled']);
    await dataSource.query(`UPDATE executions SET state = 'pending', finished_at = NULL, reason = NULL`);

    expect(await dispatcher.dispatchDue()).toBe(0);
    expect(await dataSource.query('SELECT state, reason FROM executions')).toEqual([
      { state: 'cancelled', reason: 'job_deleted' },
    ]);
  });

  it('buffers at most one run of a busy schedule under buffer_one, and starts it when the way is free', async () => {
    const jobId = await createJob(null);
    await seedSchedules(dataSource, jobId, {
      count: 1,
      dueAt: 'now()',
      intervalSeconds: 3_600,
      overlapPolicy: 'buffer_one',
    });
    await firer.fireDue();
    await dispatcher.dispatchDue();
    await fireAgain();
    await fireAgain();
    await dispatcher.dispatchDue();
    expect(await states()).toEqual(['queued', 'pending overlap', 'skipped']);

    await finishActive();
    await dispatcher.dispatchDue();
    await dispatcher.dispatchDue();
    expect(await states()).toEqual(['succeeded', 'queued', 'skipped']);
  });

  it('lets buffered runs of a schedule go one after another, oldest first, under buffer_all', async () => {
    const jobId = await createJob(null);
    await seedSchedules(dataSource, jobId, {
      count: 1,
      dueAt: 'now()',
      intervalSeconds: 3_600,
      overlapPolicy: 'buffer_all',
    });
    await firer.fireDue();
    await dispatcher.dispatchDue();
    await fireAgain();
    await fireAgain();
    for (let ended = 1; ended < 3; ended++) {
      await finishActive();
      await dispatcher.dispatchDue();
      await dispatcher.dispatchDue();
      const expected = ['succeeded', 'succeeded', 'succeeded'];
      expected[ended] = 'queued';
      if (ended === 1) expected[2] = 'pending overlap';
      expect(await states()).toEqual(expected);
    }
  });
});
