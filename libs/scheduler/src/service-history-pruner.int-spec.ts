import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { v7 as uuidv7 } from 'uuid';
import { type ExecutionState, RetentionRepository, scheduledForOf } from '@app/executions';
import { useDatabase } from '../../../test/support/use-database.js';
import { ServiceHistoryPruner } from './service-history-pruner.js';

const DAY_MS = 86_400_000;
const RETENTION_DAYS = 30;

describe('the history of a service', () => {
  const { dataSource } = useDatabase();
  let pruner: ServiceHistoryPruner;
  let stopping: AbortController;

  beforeAll(() => void Logger.overrideLogger(false));

  beforeEach(async () => {
    await dataSource.query('TRUNCATE executions, execution_logs');
    await dataSource.query(`DELETE FROM services WHERE slug <> 'default'`);
    stopping = new AbortController();
    pruner = new ServiceHistoryPruner(new RetentionRepository(dataSource));
  });

  const keeps = (service: string, succeededDays: number | null, failedDays: number | null) =>
    dataSource.query(
      `INSERT INTO services (slug, name, succeeded_retention_days, failed_retention_days) VALUES ($1, $1, $2, $3)`,
      [service, succeededDays, failedDays],
    );

  /** One execution that ended `daysAgo`, and was scheduled for then unless said otherwise. @returns its id */
  const ended = async (
    service: string,
    state: ExecutionState,
    daysAgo: number,
    scheduledDaysAgo = daysAgo,
  ) => {
    const id = uuidv7({ msecs: Date.now() - scheduledDaysAgo * DAY_MS });
    const isOpen = state === 'pending';
    await dataSource.query(
      `INSERT INTO executions (id, scheduled_for, service, job_id, job_version, trigger, state, due_at, max_attempts,
                               finished_at, reason, cancel_requested_at, error)
       VALUES ($1, $2, $3, gen_random_uuid(), 1, 'manual', $4, $2, 1, $5, CASE WHEN $4 IN ('skipped', 'missed') THEN 'because' END,
               CASE WHEN $4 = 'cancelled' THEN now() END, CASE WHEN $4 IN ('failed', 'timed_out') THEN '{}'::jsonb END)`,
      [id, scheduledForOf(id), service, state, isOpen ? null : new Date(Date.now() - daysAgo * DAY_MS)],
    );
    return id;
  };

  const withLines = async (id: string, count: number): Promise<string> => {
    await dataSource.query(
      `INSERT INTO execution_logs (execution_id, scheduled_for, seq, attempt, stream, at, text)
       SELECT $1, $2, n, 1, 'stdout', now(), 'line' FROM generate_series(1, $3::integer) n`,
      [id, scheduledForOf(id), count],
    );
    return id;
  };

  const left = async (): Promise<string[]> =>
    (await dataSource.query<{ id: string }[]>('SELECT id FROM executions')).map(({ id }) => id).sort();

  it('goes by outcome, after the days that the service says', async () => {
    await keeps('billing', 3, 10);
    await ended('billing', 'succeeded', 4);
    await ended('billing', 'failed', 11);
    await ended('billing', 'skipped', 11);
    const kept = [
      await ended('billing', 'succeeded', 2),
      await ended('billing', 'failed', 9),
      await ended('billing', 'cancelled', 9),
    ];
    await pruner.pruneServices(RETENTION_DAYS, stopping.signal);
    expect(await left()).toEqual(kept.sort());
  });

  it('is left alone where a service says nothing, or more than the installation', async () => {
    await keeps('forever', 400, 30);
    await keeps('default-like', null, null);
    const kept = [
      await ended('forever', 'succeeded', 29),
      await ended('default-like', 'failed', 29),
      await ended('default', 'succeeded', 29),
    ];
    expect(await new RetentionRepository(dataSource).shorterRetentions(RETENTION_DAYS)).toEqual([]);
    await pruner.pruneServices(RETENTION_DAYS, stopping.signal);
    expect(await left()).toEqual(kept.sort());
  });

  it('keeps what is not over, and counts from the end of what waited long', async () => {
    await keeps('billing', 3, 3);
    const kept = [await ended('billing', 'pending', 0, 20), await ended('billing', 'succeeded', 1, 20)];
    await pruner.pruneServices(RETENTION_DAYS, stopping.signal);
    expect(await left()).toEqual(kept.sort());
  });

  it('goes with its logs, also with more lines than a batch takes', async () => {
    await keeps('billing', 3, null);
    await withLines(await ended('billing', 'succeeded', 4), 25_000);
    await withLines(await ended('billing', 'succeeded', 5), 10);
    const kept = await withLines(await ended('billing', 'succeeded', 1), 2);
    await pruner.pruneServices(RETENTION_DAYS, stopping.signal);
    expect(await left()).toEqual([kept]);
    expect(await dataSource.query('SELECT DISTINCT execution_id AS id FROM execution_logs')).toEqual([
      { id: kept },
    ]);
  });

  it('goes batch by batch, past what stays', async () => {
    await keeps('billing', 3, null);
    await dataSource.query(
      `INSERT INTO executions (id, scheduled_for, service, job_id, job_version, trigger, state, due_at, max_attempts, finished_at, error)
       SELECT id, uuid_extract_timestamp(id), 'billing', gen_random_uuid(), 1, 'manual', CASE WHEN n % 3 = 0 THEN 'failed' ELSE 'succeeded' END,
              now(), 1, uuid_extract_timestamp(id), CASE WHEN n % 3 = 0 THEN '{}'::jsonb END
       FROM (SELECT n, uuidv7(-interval '5 days' - n * interval '1 minute') AS id FROM generate_series(1, 6000) n) AS rows`,
    );
    await pruner.pruneServices(RETENTION_DAYS, stopping.signal);
    expect(
      await dataSource.query('SELECT state, count(*)::int AS rows FROM executions GROUP BY state'),
    ).toEqual([{ state: 'failed', rows: 2_000 }]);
  });

  it('waits for the next round where the worker shuts down', async () => {
    await keeps('billing', 3, 3);
    await ended('billing', 'succeeded', 4);
    await ended('billing', 'succeeded', 5);
    stopping.abort();
    await pruner.pruneServices(RETENTION_DAYS, stopping.signal);
    expect((await left()).length).toBeLessThan(2);
  });
});
