import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobsService } from '@app/jobs';
import { aCall } from '../../../test/support/a-job.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { seedSchedules } from '../../../test/support/seed-schedules.js';
import { startFirer } from '../../../test/support/worker-under-test.js';
import { ScheduleFirer } from './schedule-firer.js';

const QUOTA = 10;
const SECOND_MS = 1_000;

describe('the runs that a service may start in a minute', () => {
  let database: TestDatabase;
  let workers: INestApplicationContext[];
  let dataSource: DataSource;
  let jobIds: Readonly<Record<'limited' | 'free', string>>;

  beforeAll(async () => {
    database = await createTestDatabase();
    workers = await Promise.all([1, 2, 3].map(() => startFirer(database)));
    dataSource = workers[0]!.get(DataSource);
    await query(
      `INSERT INTO services (slug, name, max_runs_per_minute) VALUES ('limited', 'l', ${QUOTA}), ('free', 'f', NULL)`,
    );
    jobIds = { limited: await createJob('limited'), free: await createJob('free') };
  }, 60_000);

  beforeEach(awaitRoomInTheMinute);

  afterEach(async () => {
    await query('TRUNCATE schedules, executions, service_minutes');
    await query(`UPDATE services SET max_runs_per_minute = ${QUOTA} WHERE slug = 'limited'`);
  });

  afterAll(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await database.drop();
  });

  const query = <Row>(sql: string): Promise<Row[]> => dataSource.query<Row[]>(sql);

  async function createJob(service: string): Promise<string> {
    const { id } = await workers[0]!.get(JobsService, { strict: false }).create(service, aCall());
    return id;
  }

  async function seed(service: 'limited' | 'free', count: number, dueAt = 'now()', intervalSeconds = 3_600) {
    await seedSchedules(dataSource, jobIds[service], { count, dueAt, intervalSeconds });
    await query(`UPDATE schedules SET service = '${service}' WHERE job_id = '${jobIds[service]}'`);
  }

  async function fireAll(worker = workers[0]!): Promise<void> {
    for (let more = true; more;) more = (await worker.get(ScheduleFirer).fireDue()).more;
  }

  /** `state reason` of each row, counted. */
  async function counts(service: string): Promise<Record<string, number>> {
    const rows = await query<{ what: string; rows: number }>(
      `SELECT concat_ws(' ', state, reason) AS what, count(*)::int AS rows FROM executions
       WHERE service = '${service}' GROUP BY 1`,
    );
    return Object.fromEntries(rows.map(({ what, rows: count }) => [what, count]));
  }

  /** A minute ends while one is looked at, now and then: not one of these. */
  async function awaitRoomInTheMinute(): Promise<void> {
    const [clock] = await query<{ second: number }>('SELECT extract(second FROM now())::float8 AS second');
    const secondsLeft = 60 - clock!.second;
    if (secondsLeft < 20) await new Promise((resolve) => setTimeout(resolve, secondsLeft * SECOND_MS + 50));
  }

  it('are never more than its quota, however many workers race, and every instant has its row', async () => {
    await seed('limited', 400);
    await seed('free', 400);
    const racers = workers.flatMap((worker) => Array.from({ length: 5 }, () => fireAll(worker)));
    await Promise.all(racers);
    expect(await counts('limited')).toEqual({ pending: QUOTA, 'skipped quota': 400 - QUOTA });
    expect(await counts('free')).toEqual({ pending: 400 });
    expect(await query('SELECT service, runs FROM service_minutes')).toEqual([
      { service: 'limited', runs: QUOTA },
    ]);
  }, 60_000);

  it('say on the record what the quota was, and start again in another minute', async () => {
    await seed('limited', QUOTA + 1);
    await fireAll();
    expect(await query(`SELECT DISTINCT reason_detail FROM executions WHERE state = 'skipped'`)).toEqual([
      { reason_detail: { maxRunsPerMinute: QUOTA } },
    ]);
    await query(`UPDATE service_minutes SET minute = minute - interval '1 minute'`);
    await seed('limited', QUOTA + 1);
    await fireAll();
    expect(await counts('limited')).toEqual({ pending: 2 * QUOTA, 'skipped quota': 2 });
  });

  it('go to what is due now before what is late, and of a catch-up to the newest', async () => {
    await seed('limited', 1, `date_trunc('second', now()) - interval '100 minutes'`, 60);
    await query(
      `UPDATE schedules SET misfire_policy = 'fire_all', overlap_policy = 'allow', jitter_seconds = 0`,
    );
    await seed('limited', 4, `now() - interval '1 second'`);
    await fireAll();
    const runs = await query<{ trigger: string }>(
      `SELECT trigger FROM executions WHERE state = 'pending' ORDER BY scheduled_for`,
    );
    expect(runs).toHaveLength(QUOTA);
    expect(runs.filter(({ trigger }) => trigger === 'schedule').length).toBeGreaterThanOrEqual(4);
    const [oldestRun] = await query<{ later: number }>(
      `SELECT count(*)::int AS later FROM executions
       WHERE reason = 'quota' AND scheduled_for > (SELECT min(scheduled_for) FROM executions WHERE state = 'pending')`,
    );
    expect(oldestRun?.later).toBe(0);
    const covered = await query<{ instants: number }>(
      `SELECT sum(COALESCE((reason_detail->>'count')::int, 1))::int AS instants FROM executions`,
    );
    expect(covered[0]?.instants).toBeGreaterThanOrEqual(101 + 4);
  });

  it('follow a quota that is changed, also within the minute', async () => {
    await seed('limited', 2 * QUOTA);
    await fireAll();
    await query(`UPDATE services SET max_runs_per_minute = ${QUOTA + 3} WHERE slug = 'limited'`);
    await seed('limited', 2 * QUOTA);
    await fireAll();
    expect(await counts('limited')).toMatchObject({ pending: QUOTA + 3 });
    await query(`UPDATE services SET max_runs_per_minute = NULL WHERE slug = 'limited'`);
    await seed('limited', 2 * QUOTA);
    await fireAll();
    expect(await counts('limited')).toMatchObject({ pending: 3 * QUOTA + 3 });
  });

  it('are not asked for by the end of a job, which would make all others wait', async () => {
    await seed('limited', 1);
    await fireAll();
    const jobs = workers[0]!.get(JobsService, { strict: false });
    const { id } = await jobs.create('limited', aCall());
    await seedSchedules(dataSource, id, { count: 3, dueAt: 'now()', intervalSeconds: 60 });
    await query(`UPDATE schedules SET service = 'limited' WHERE job_id = '${id}'`);
    const firing = dataSource.createQueryRunner();
    await firing.startTransaction();
    try {
      await firing.query('SELECT FROM service_minutes FOR UPDATE');
      await jobs.delete('limited', id, null);
    } finally {
      await firing.rollbackTransaction();
      await firing.release();
    }
    expect(await counts('limited')).toEqual({ pending: 1, 'skipped job_deleted': 3 });
  });
});
