import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobsService } from '@app/jobs';
import { aCall } from '../../../test/support/a-job.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { startFirer } from '../../../test/support/worker-under-test.js';
import { seedSchedules } from '../../../test/support/seed-schedules.js';
import { ScheduleFirer } from './schedule-firer.js';
import { schedulerMetrics } from './scheduler-metrics.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

describe('firing due schedules', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let dataSource: DataSource;
  let firer: ScheduleFirer;
  let jobId: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await startFirer(database);
    dataSource = app.get(DataSource);
    firer = app.get(ScheduleFirer);
    jobId = await createJob();
  });

  afterEach(async () => {
    await dataSource.query('TRUNCATE schedules, executions');
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const createJob = async (name = 'fired'): Promise<string> => {
    const job = await app
      .get(JobsService, { strict: false })
      .create('default', aCall(undefined, { name, parameters: { from: 'job', kept: true } }));
    return job.id;
  };

  const fireAll = async (): Promise<number> => {
    let fired = 0;
    for (;;) {
      const round = await firer.fireDue();
      fired += round.fired;
      if (!round.more) return fired;
    }
  };

  const rows = <Row>(sql: string): Promise<Row[]> => dataSource.query<Row[]>(sql);

  it('makes exactly one execution a schedule however many scheduler loops race for them', async () => {
    await seedSchedules(dataSource, jobId, { count: 10_000, dueAt: 'now()', intervalSeconds: 3_600 });

    // Twice as many as the pool has connections: more would only wait for one, and too long where the machine is busy.
    const fired = await Promise.all(Array.from({ length: 20 }, fireAll));
    expect(fired.reduce((sum, count) => sum + count, 0)).toBe(10_000);
    expect(
      await rows(
        'SELECT count(*)::int AS rows, count(DISTINCT schedule_id)::int AS schedules FROM executions',
      ),
    ).toEqual([{ rows: 10_000, schedules: 10_000 }]);
  }, 60_000);

  it('fires a service that is called null, and no other beside it waits for that', async () => {
    await dataSource.query(`INSERT INTO services (slug, name) VALUES ('null', 'Null')`);
    const { id } = await app.get(JobsService, { strict: false }).create('null', aCall());
    const hourly = { count: 1, dueAt: 'now()', intervalSeconds: 3_600 };
    await seedSchedules(dataSource, id, hourly);
    await seedSchedules(dataSource, jobId, hourly);
    expect(await fireAll()).toBe(2);
    expect(await rows('SELECT service FROM executions ORDER BY service')).toEqual([
      { service: 'default' },
      { service: 'null' },
    ]);
  });

  it('reads no more parameters at a time than it has memory for, live instants first, and fires all', async () => {
    const jobs = app.get(JobsService, { strict: false });
    // As text 60 KB, in PostgreSQL one, as objects a megabyte.
    const parameters = { list: Array.from({ length: 20_000 }, () => ({})) };
    const { id } = await jobs.create('default', aCall(undefined, { name: 'fat', parameters }));
    await seedSchedules(dataSource, id, {
      count: 150,
      dueAt: "now() - interval '5 minutes'",
      intervalSeconds: 3_600,
    });
    await seedSchedules(dataSource, jobId, { count: 1, dueAt: 'now()', intervalSeconds: 3_600 });

    const first = await firer.fireDue();
    expect(first.more).toBe(true);
    expect(first.fired).toBeLessThan(80);
    expect(await rows(`SELECT job_id AS "jobId" FROM executions WHERE job_id = '${jobId}'`)).toHaveLength(1);
    expect(first.fired + (await fireAll())).toBe(151);
  }, 60_000);

  it('merges the parameters of the schedule over those of the job', async () => {
    await seedSchedules(dataSource, jobId, {
      count: 1,
      dueAt: 'now()',
      intervalSeconds: 60,
      parameters: { from: 'schedule' },
    });
    await fireAll();
    expect(await rows('SELECT parameters, state, trigger FROM executions')).toEqual([
      { parameters: { from: 'schedule', kept: true }, state: 'pending', trigger: 'schedule' },
    ]);
  });

  it('makes one catch-up run and one record per schedule after an outage of six hours under fire_once', async () => {
    await seedSchedules(dataSource, jobId, {
      count: 10_000,
      // Instants fall on this very moment and a minute from now, so that none comes due while the test runs.
      dueAt: `now() - interval '6 hours'`,
      intervalSeconds: 60,
    });
    await fireAll();
    const perSchedule = await rows<{ rows: number; runs: number; missed: number }>(`
      SELECT count(*)::int AS rows,
             count(*) FILTER (WHERE state = 'pending' AND trigger = 'catchup')::int AS runs,
             sum((reason_detail->>'count')::int) FILTER (WHERE state = 'missed')::int AS missed
      FROM executions GROUP BY schedule_id`);

    expect(perSchedule).toHaveLength(10_000);
    expect(perSchedule.every(({ rows: count }) => count <= 3)).toBe(true);
    expect(perSchedule.filter(({ runs }) => runs === 1)).toHaveLength(10_000);
    // Six hours of minutes, less the one that runs late and the one that may still be within its grace.
    const minutes = (6 * HOUR_MS) / MINUTE_MS;
    expect(perSchedule.every(({ missed }) => missed >= minutes - 2 && missed <= minutes + 1)).toBe(true);
  }, 60_000);

  it('parks a schedule that cannot be planned, with the error in sight, while all others fire', async () => {
    await seedSchedules(dataSource, jobId, { count: 20, dueAt: 'now()', intervalSeconds: 60 });
    await dataSource.query(`
      UPDATE schedules SET type = 'cron', interval_seconds = NULL, cron_expression = 'not a cron expression'
      WHERE id = (SELECT min(id::text)::uuid FROM schedules)`);

    expect(await fireAll()).toBe(19);
    const parked = await rows<{ pauseReason: string }>(
      `SELECT pause_reason AS "pauseReason" FROM schedules WHERE NOT active AND next_run_at IS NULL`,
    );
    expect(parked).toEqual([{ pauseReason: expect.stringMatching(/^error: /) }]);
  });

  it('parks a schedule whose rows the database refuses, with the error in sight, while all others fire', async () => {
    await seedSchedules(dataSource, jobId, { count: 20, dueAt: 'now()', intervalSeconds: 60 });
    const broken = await createJob('written by hand');
    await dataSource.query(`UPDATE jobs SET retry_policy = '{}' WHERE id = $1`, [broken]);
    await dataSource.query(`
      UPDATE schedules SET job_id = '${broken}' WHERE id = (SELECT min(id::text)::uuid FROM schedules)`);
    const counted = async () =>
      (await schedulerMetrics.fired.get()).values.reduce((sum, { value }) => sum + value, 0);
    const before = await counted();

    expect(await fireAll()).toBe(19);
    expect(await rows('SELECT pause_reason FROM schedules WHERE NOT active AND next_run_at IS NULL')).toEqual(
      [{ pause_reason: expect.stringMatching(/^error: null value in column "max_attempts"/) }],
    );
    expect((await counted()) - before).toBe(19);
    expect((await firer.fireDue()).more).toBe(false);
  });

  it('skips an instant whose previous run is still active, and says which run was in the way', async () => {
    await seedSchedules(dataSource, jobId, { count: 1, dueAt: 'now()', intervalSeconds: 60 });
    await fireAll();
    await dataSource.query(`UPDATE schedules SET next_run_at = next_run_at - interval '60 seconds'`);
    await dataSource.query(`UPDATE executions SET scheduled_for = scheduled_for - interval '120 seconds'`);
    await fireAll();

    const [first] = await rows<{ id: string }>(`SELECT id FROM executions WHERE state = 'pending'`);
    expect(await rows(`SELECT reason, reason_detail FROM executions WHERE state = 'skipped'`)).toEqual([
      { reason: 'overlap', reason_detail: { blockingExecutionId: first?.id } },
    ]);
  });

  it('names the run that is held where the one before it has just ended', async () => {
    await seedSchedules(dataSource, jobId, { count: 1, dueAt: 'now()', intervalSeconds: 60 });
    await dataSource.query(`UPDATE schedules SET overlap_policy = 'buffer_all'`);
    for (let fired = 0; fired < 3; fired++) {
      await fireAll();
      await dataSource.query(`UPDATE schedules SET next_run_at = next_run_at - interval '60 seconds'`);
      await dataSource.query(`UPDATE executions SET scheduled_for = scheduled_for - interval '60 seconds'`);
    }
    await dataSource.query(`UPDATE schedules SET overlap_policy = 'skip'`);
    await dataSource.query(
      `UPDATE executions SET state = 'succeeded', finished_at = now() WHERE hold IS NULL AND state = 'pending'`,
    );
    await fireAll();

    const [next, ...later] = await rows<{ id: string }>(
      `SELECT id FROM executions WHERE hold = 'overlap' ORDER BY scheduled_for`,
    );
    expect(later).toHaveLength(1);
    expect(await rows(`SELECT reason_detail FROM executions WHERE state = 'skipped'`)).toEqual([
      { reason_detail: { blockingExecutionId: next?.id } },
    ]);
  });

  it('records the due instants of a deactivated job once, and not again', async () => {
    await seedSchedules(dataSource, jobId, { count: 3, dueAt: 'now()', intervalSeconds: 60 });
    const jobs = app.get(JobsService, { strict: false });
    await jobs.deactivate('default', jobId);
    await fireAll();
    await fireAll();
    const recorded = `SELECT state, reason FROM executions`;
    expect(await rows(recorded)).toEqual(Array(3).fill({ state: 'skipped', reason: 'job_inactive' }));

    await jobs.activate('default', jobId);
    expect(await rows(`SELECT 1 AS due FROM schedules WHERE next_run_at > now()`)).toHaveLength(3);
    expect(await rows(recorded)).toHaveLength(3);
  });
});
