import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { JobsService } from '@app/jobs';
import { aCall } from '../../../test/support/a-job.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { seedSchedules } from '../../../test/support/seed-schedules.js';
import { startFirer } from '../../../test/support/worker-under-test.js';
import { ScheduleFirer } from './schedule-firer.js';

const EVERY_DAY = '{0,1,2,3,4,5,6}';

let database: TestDatabase;
let app: INestApplicationContext;
let dataSource: DataSource;
let jobId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  app = await startFirer(database);
  dataSource = app.get(DataSource);
  const job = await app.get(JobsService, { strict: false }).create('default', aCall());
  jobId = job.id;
});

afterEach(() => dataSource.query('TRUNCATE schedules, executions, calendars'));

afterAll(async () => {
  await app.close();
  await database.drop();
});

const excluding = (name: string, weekdays: string) =>
  dataSource.query(
    'INSERT INTO calendars (id, name, excluded_weekdays) VALUES (gen_random_uuid(), $1, $2::smallint[])',
    [name, weekdays],
  );

/** Hourly schedules, due now, that name the calendars. */
async function due(count: number, ...calendars: string[]): Promise<void> {
  await seedSchedules(dataSource, jobId, { count, dueAt: 'now()', intervalSeconds: 3_600 });
  await dataSource.query(`UPDATE schedules SET calendars = $1 WHERE calendars = '{}'`, [calendars]);
}

async function fired(): Promise<unknown[]> {
  await app.get(ScheduleFirer).fireDue();
  return dataSource.query(
    'SELECT state, reason, reason_detail AS detail, count(*)::int FROM executions GROUP BY 1, 2, 3 ORDER BY 1',
  );
}

const skippedBy = (calendar: string, count: number) => ({
  state: 'skipped',
  reason: 'calendar',
  detail: { calendar },
  count,
});

describe('firing schedules with calendars', () => {
  it('records an excluded instant as skipped, naming the calendar, and goes on to the next', async () => {
    await excluding('never', '{}');
    await excluding('always', EVERY_DAY);
    await due(3, 'never', 'always');
    expect(await fired()).toEqual([skippedBy('always', 3)]);
    expect(
      await dataSource.query('SELECT 1 FROM schedules WHERE active AND next_run_at > now()'),
    ).toHaveLength(3);
  });

  it('goes by the calendar as it is at the firing', async () => {
    await excluding('changing', '{}');
    await due(1, 'changing');
    expect(await fired()).toMatchObject([{ state: 'pending', count: 1 }]);

    await dataSource.query('TRUNCATE schedules, executions');
    await dataSource.query('UPDATE calendars SET excluded_weekdays = $1, version = version + 1', [EVERY_DAY]);
    await due(1, 'changing');
    expect(await fired()).toEqual([skippedBy('changing', 1)]);

    await dataSource.query('TRUNCATE schedules, executions, calendars');
    await excluding('changing', '{}');
    await due(1, 'changing');
    expect(await fired()).toMatchObject([{ state: 'pending', count: 1 }]);
  });

  it('parks a schedule whose calendar is not there, while all others fire', async () => {
    await excluding('never', '{}');
    await due(1, 'lost');
    await due(2, 'never');
    await due(2);
    expect(await fired()).toMatchObject([{ state: 'pending', count: 4 }]);
    expect(
      await dataSource.query('SELECT pause_reason AS "pauseReason" FROM schedules WHERE NOT active'),
    ).toEqual([{ pauseReason: 'error: there is no calendar named "lost"' }]);
  });
});
