import { beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { bindToService, runForAllServices, runInRequestContext } from '@app/platform/request-context';
import { useDatabase } from '../../../../test/support/use-database.js';
import { preparedRowsOf, rowsOf } from './index.js';

/** What requests do not reach: nothing of a service is in it. */
const WITHOUT_SERVICE = [
  'operations',
  'schema_compatibility',
  'schema_migrations',
  'typeorm_metadata',
  'worker_sessions',
];

// One connection, so that every change of sides happens on it.
const { dataSource } = useDatabase({ poolSize: 1 });

beforeAll(async () => {
  await dataSource.query(`INSERT INTO services (slug, name) VALUES ('a', 'A'), ('b', 'B')`);
});
beforeEach(async () => {
  await dataSource.query('DELETE FROM jobs');
  for (const service of ['a', 'a', 'b']) await insertJob(service);
});

function actingFor<T>(service: string, work: () => Promise<T>): Promise<T> {
  return runInRequestContext({ requestId: 'r', traceparent: null }, () => {
    bindToService(service);
    return work();
  });
}

function insertJob(service: string, db: { query: DataSource['query'] } = dataSource): Promise<unknown> {
  return db.query(
    `INSERT INTO jobs (id, service, name, target, retry_policy, timeout_ms, priority, delivery_guarantee)
     VALUES ($1::uuid, $2, $1::uuid::text, '{}', '{}', 1, 5, 'at_least_once')`,
    [randomUUID(), service],
  );
}

async function servicesSeen(): Promise<string[]> {
  const rows = await rowsOf<{ service: string }>(dataSource, 'SELECT service FROM jobs ORDER BY service');
  return rows.map(({ service }) => service);
}

describe('a statement that forgot the service', () => {
  it('reads the rows of the one that the request acts for', async () => {
    expect(await actingFor('a', servicesSeen)).toEqual(['a', 'a']);
    expect(await actingFor('b', servicesSeen)).toEqual(['b']);
    expect(await actingFor('nobody', servicesSeen)).toEqual([]);
  });

  it('reads them all where nobody is acted for', async () => {
    await actingFor('a', servicesSeen);
    expect(await servicesSeen()).toEqual(['a', 'a', 'b']);
    expect(await actingFor('a', () => runForAllServices(servicesSeen))).toEqual(['a', 'a', 'b']);
  });

  it('changes and deletes no row of another one', async () => {
    await actingFor('b', () => dataSource.query(`UPDATE jobs SET description = 'mine'`));
    await actingFor('b', () => dataSource.query('DELETE FROM jobs'));
    expect(await servicesSeen()).toEqual(['a', 'a']);
    expect(await dataSource.query(`SELECT 1 FROM jobs WHERE description = 'mine'`)).toEqual([]);
  });

  it('makes no row of another one, and gives none away', async () => {
    const refused = { driverError: { code: '42501' } };
    await expect(actingFor('b', () => insertJob('a'))).rejects.toMatchObject(refused);
    const gift = actingFor('b', () => dataSource.query(`UPDATE jobs SET service = 'a'`));
    await expect(gift).rejects.toMatchObject(refused);
    expect(await servicesSeen()).toEqual(['a', 'a', 'b']);
  });

  it('is held back in a transaction, after one that was rolled back, and when it is prepared', async () => {
    const failing = actingFor('a', () =>
      dataSource.transaction(async (tx) => {
        await insertJob('a', tx);
        throw new Error('no');
      }),
    );
    await expect(failing).rejects.toThrow('no');
    const count = () =>
      preparedRowsOf<{ count: number }>(dataSource, 'count', 'SELECT count(*)::integer FROM jobs', []);
    expect(await actingFor('a', count)).toEqual([{ count: 2 }]);
    expect(await actingFor('b', count)).toEqual([{ count: 1 }]);
    expect(await count()).toEqual([{ count: 3 }]);
  });

  it('sees the lines of its own executions only', async () => {
    const [mine, theirs] = [randomUUID(), randomUUID()];
    for (const [id, service] of [
      [mine, 'a'],
      [theirs, 'b'],
    ]) {
      await dataSource.query(
        `INSERT INTO executions (id, scheduled_for, service, job_id, job_version, trigger, state, due_at, max_attempts)
         VALUES ($1, now(), $2, $1, 1, 'manual', 'pending', now(), 1)`,
        [id, service],
      );
      await dataSource.query(
        `INSERT INTO execution_logs SELECT id, scheduled_for, 0, 1, 'stdout', now(), 'x' FROM executions WHERE id = $1`,
        [id],
      );
    }
    const lines = () => dataSource.query<unknown[]>('SELECT execution_id AS id FROM execution_logs');
    expect(await actingFor('a', lines)).toEqual([{ id: mine }]);
  });
});

describe('the wall', () => {
  it('keeps a request from partitions, which have no wall of their own', async () => {
    const read = actingFor('a', () => dataSource.query('SELECT 1 FROM executions_default'));
    await expect(read).rejects.toMatchObject({ driverError: { code: '42501' } });
  });

  it('stands around every table, but for those that have nothing of a service', async () => {
    const open = await rowsOf<{ name: string }>(
      dataSource,
      `SELECT relname AS name FROM pg_class c
       WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition
         AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'own_service' AND c.relrowsecurity)`,
    );
    // A new table? End its migration with: SELECT raise_tenant_wall('its name').
    expect(open.map(({ name }) => name).filter((name) => !WITHOUT_SERVICE.includes(name))).toEqual([]);
  });

  it('is one policy that nothing else widens, for reading and writing alike', async () => {
    const odd = await rowsOf(
      dataSource,
      `SELECT polrelid::regclass::text AS name FROM pg_policy
       WHERE polname = 'own_service' AND NOT (
         NOT polpermissive AND polcmd = '*' AND polroles = ARRAY[to_regrole('scheduler_tenant')::oid]
         AND pg_get_expr(polqual, polrelid) = pg_get_expr(polwithcheck, polrelid))`,
    );
    expect(odd).toEqual([]);
    const role = `SELECT rolsuper, rolbypassrls, rolcanlogin FROM pg_roles WHERE rolname = 'scheduler_tenant'`;
    expect(await dataSource.query(role)).toEqual([
      { rolsuper: false, rolbypassrls: false, rolcanlogin: false },
    ]);
  });

  it('has no way round: no right to a partition, a view or a table without a service, none to empty or own one', async () => {
    const ways = await rowsOf(
      dataSource,
      `SELECT c.oid::regclass::text AS name, may.use
       FROM pg_class c, unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER']) AS may (use)
       WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
         AND has_table_privilege('scheduler_tenant', c.oid, may.use)
         AND (may.use IN ('TRUNCATE', 'TRIGGER') OR c.relispartition
              OR NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'own_service'))`,
    );
    expect(ways).toEqual([]);
    const definers = `SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND prosecdef`;
    expect(await dataSource.query(definers)).toEqual([]);
  });
});
