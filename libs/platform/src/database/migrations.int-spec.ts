import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { migrations } from '../../../../migrations/index.js';
import { withDataSource } from './data-source.js';
import { revertLastMigration, runMigrations } from './migrate.js';

const TIMEOUT_MS = 120_000;

describe('migrations', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await createTestDatabase();
  }, TIMEOUT_MS);
  afterAll(() => database.drop());

  const query = <Row>(sql: string): Promise<Row[]> =>
    withDataSource(database.url, (dataSource) => dataSource.query<Row[]>(sql));

  const revertThrough = async (name: string): Promise<void> => {
    for (;;) if ((await revertLastMigration(database.url)) === name) return;
  };

  /** Definitions of all indexes; those of partitions have names that depend on when they were made. */
  const indexes = () =>
    query(`SELECT tablename, regexp_replace(indexdef, 'INDEX \\S+', '') AS definition FROM pg_indexes
           WHERE schemaname = 'public' ORDER BY 1, 2`);

  it(
    'index partitions that hold rows as they index empty ones, on from where they were interrupted',
    async () => {
      const before = await indexes();
      await revertThrough('BadEnds1795445000001');
      await query(`
        INSERT INTO executions (id, scheduled_for, job_id, job_version, trigger, state, due_at, max_attempts, finished_at, error)
        SELECT gen_random_uuid(), now(), gen_random_uuid(), 1, 'manual', 'failed', now(), 1, now(), '{}' FROM generate_series(1, 100)`);
      // As an interrupted run leaves it: the whole has its index, one partition's is not attached.
      await query(`CREATE INDEX executions_bad_ends ON ONLY executions (service, id DESC)
                   WHERE phase = 'final' AND (error IS NOT NULL OR reason IS NOT NULL OR cancel_requested_at IS NOT NULL)`);
      await query(`CREATE INDEX executions_default_bad_ends ON executions_default (service)`);
      await query(
        `UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'executions_default_bad_ends'::regclass`,
      );
      await runMigrations(database.url);
      expect(await indexes()).toEqual(before);
      expect(await query('SELECT indexrelid::regclass FROM pg_index WHERE NOT indisvalid')).toEqual([]);
    },
    TIMEOUT_MS,
  );

  it(
    'leave the line soon behind a session that holds a table, and are applied once it has let go',
    async () => {
      const holder = new Client(database.url);
      await holder.connect();
      const isWaitedFor = async () => {
        const sql = `SELECT FROM pg_locks WHERE NOT granted AND relation = 'executions'::regclass`;
        return (await holder.query(sql)).rowCount === 1;
      };
      try {
        await revertThrough('RequestOfExecution1795493000000');
        await holder.query('BEGIN');
        await holder.query('SELECT FROM executions LIMIT 1');
        const applied = runMigrations(database.url);
        await waitFor(isWaitedFor);
        await waitFor(async () => !(await isWaitedFor()));
        await holder.query('COMMIT');
        expect(await applied).toContain('RequestOfExecution1795493000000');
      } finally {
        await holder.end();
      }
    },
    TIMEOUT_MS,
  );

  it(
    'leave the line also behind a report when they attach an index, and attach it later as it is',
    async () => {
      const [report, watcher] = [new Client(database.url), new Client(database.url)];
      await Promise.all([report.connect(), watcher.connect()]);
      const built = `SELECT oid FROM pg_class WHERE relname = 'executions_default_retryable_ends'`;
      try {
        await revertThrough('RetryableEnds1795510000000');
        // Finished and not attached, as a run leaves it that was interrupted there; a report has it locked.
        await query(`CREATE INDEX executions_default_retryable_ends ON executions_default (service, id DESC)
                     WHERE phase = 'final' AND (error IS NOT NULL OR cancel_requested_at IS NOT NULL)`);
        const [{ oid }] = (await watcher.query<{ oid: number }>(built)).rows as [{ oid: number }];
        await report.query('BEGIN');
        await report.query('SELECT FROM executions_default LIMIT 1');
        const isWaitedFor = async () =>
          (await watcher.query('SELECT FROM pg_locks WHERE NOT granted AND relation = $1', [oid]))
            .rowCount === 1;
        const applied = runMigrations(database.url);
        await waitFor(isWaitedFor);
        await waitFor(async () => !(await isWaitedFor()));
        await report.query('COMMIT');
        expect(await applied).toContain('RetryableEnds1795510000000');
        expect((await watcher.query(built)).rows).toEqual([{ oid }]);
      } finally {
        await Promise.all([report.end(), watcher.end()]);
      }
    },
    TIMEOUT_MS,
  );

  it(
    'are applied once, whoever else applies them at the same time',
    async () => {
      await revertThrough('RoomForClaims1795501000000');
      const applied = await Promise.all([runMigrations(database.url), runMigrations(database.url)]);
      expect(applied.flat()).toEqual([
        'RoomForClaims1795501000000',
        'RetryableEnds1795510000000',
        'EndsSayWhy1795510000001',
      ]);
    },
    TIMEOUT_MS,
  );

  it(
    'can all be taken back, and applied again',
    async () => {
      const before = await indexes();
      for (let left = migrations.length; left > 0; left--) await revertLastMigration(database.url);
      expect(await revertLastMigration(database.url)).toBeNull();
      expect(await runMigrations(database.url)).toHaveLength(migrations.length);
      expect(await indexes()).toEqual(before);
    },
    TIMEOUT_MS,
  );
});
