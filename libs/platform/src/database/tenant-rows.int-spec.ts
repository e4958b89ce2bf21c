import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { bindToService, runInRequestContext } from '@app/platform/request-context';
import { useDatabase } from '../../../../test/support/use-database.js';
import { rowsOf } from './index.js';
import { WALLED_TABLES } from './testing/rows-of-a-service.js';

const IDS: Readonly<Record<string, string>> = { a: randomUUID(), b: randomUUID() };
const REFUSED = { driverError: { code: '42501' } };
/** Nobody who asks changes a line of these, not even one's own. */
const APPEND_ONLY = ['audit_events'];

const { dataSource } = useDatabase();

beforeAll(async () => {
  for (const service of ['a', 'b'])
    for (const table of Object.keys(WALLED_TABLES)) await insert(table, service, service);
});

function actingFor<T>(service: string, work: () => Promise<T>): Promise<T> {
  return runInRequestContext({ requestId: 'r', traceparent: null }, () => {
    bindToService(service);
    return work();
  });
}

const tableOf = (name: string) => WALLED_TABLES[name]!;

function insert(table: string, service: string, acting: string): Promise<unknown> {
  const values = tableOf(table).insert(service, IDS[service] ?? randomUUID());
  return actingFor(acting, () => dataSource.query(`INSERT INTO ${table} ${values}`));
}

/** Whose rows a statement acting for service a reads, or changes. */
async function ownersIn(sql: string): Promise<string[]> {
  const rows = await actingFor('a', () => rowsOf<{ owner: string }>(dataSource, sql));
  return rows.map(({ owner }) => owner);
}

const rowsFrom = (table: string) =>
  rowsOf(dataSource, `SELECT to_jsonb(t) AS row FROM ${table} t WHERE ${tableOf(table).owner} IN ('a', 'b')`);

describe('the rows that these tests know of', () => {
  it('are of every table that has a wall', async () => {
    const walled = await rowsOf<{ name: string }>(
      dataSource,
      `SELECT polrelid::regclass::text AS name FROM pg_policy WHERE polname = 'own_service'`,
    );
    // A new table? Say in rows-of-a-service.ts how a service gets a row of it.
    expect(walled.map(({ name }) => name).sort()).toEqual(Object.keys(WALLED_TABLES).sort());
  });
});

describe.each(Object.keys(WALLED_TABLES))('in %s, who acts for one service', (table) => {
  const { owner, give } = tableOf(table);
  const [own, foreign] = [`${owner} = 'a'`, `${owner} = 'b'`];

  it('sees its own row, and none of another', async () => {
    expect(await rowsFrom(table)).toHaveLength(2);
    expect(await ownersIn(`SELECT ${owner} AS owner FROM ${table}`)).toEqual(['a']);
    expect(await ownersIn(`SELECT ${owner} AS owner FROM ${table} WHERE ${foreign}`)).toEqual([]);
  });

  it('changes and deletes none of another', async () => {
    const before = await rowsFrom(table);
    const statements = [
      `UPDATE ${table} SET ${give('a', IDS.a!)} WHERE ${foreign} RETURNING ${owner} AS owner`,
      `DELETE FROM ${table} WHERE ${foreign} RETURNING ${owner} AS owner`,
    ];
    for (const sql of statements) {
      if (APPEND_ONLY.includes(table)) await expect(ownersIn(sql)).rejects.toMatchObject(REFUSED);
      else expect(await ownersIn(sql)).toEqual([]);
    }
    expect(await rowsFrom(table)).toEqual(before);
  });

  it('makes none for another, and gives none away', async () => {
    const before = await rowsFrom(table);
    await expect(insert(table, 'b', 'a')).rejects.toMatchObject(REFUSED);
    const gift = ownersIn(
      `UPDATE ${table} SET ${give('b', IDS.b!)} WHERE ${own} RETURNING ${owner} AS owner`,
    );
    await expect(gift).rejects.toMatchObject(REFUSED);
    expect(await rowsFrom(table)).toEqual(before);
  });
});
