import { describe, expect, it } from '@jest/globals';
import { useDatabase } from '../../../../test/support/use-database.js';
import { checkSchema } from './schema-check.js';

const { dataSource } = useDatabase();

const newestApplied = `SELECT id, name, "timestamp" FROM schema_migrations ORDER BY id DESC LIMIT 1`;

describe('code and schema', () => {
  it('fit when the database has seen what the code knows', async () => {
    expect(await checkSchema(dataSource)).toMatchObject({ ok: true });
  });

  it('fit while newer migrations only add', async () => {
    await apply('AddSomething1999000000000');
    const check = await checkSchema(dataSource);
    expect(check).toMatchObject({ ok: true, detail: expect.stringContaining('AddSomething1999000000000') });
  });

  it('fit no more once a newer one says that code must know it', async () => {
    await apply('DropSomething1999000000001');
    await dataSource.query(`UPDATE schema_compatibility SET minimum = 'DropSomething1999000000001'`);
    expect(await checkSchema(dataSource)).toEqual({
      ok: false,
      detail: 'schema is too new for the code: deploy a version that knows DropSomething1999000000001',
    });
  });

  it('do not fit while the database lacks a migration that the code knows', async () => {
    await dataSource.query(`DELETE FROM schema_migrations WHERE name LIKE '%199900000000_'`);
    const [{ name }] = await dataSource.query<[{ name: string }]>(newestApplied);
    await dataSource.query('DELETE FROM schema_migrations WHERE name = $1', [name]);
    expect(await checkSchema(dataSource)).toEqual({
      ok: false,
      detail: `schema is older than the code: run migrations (missing ${name})`,
    });
  });
});

/** As TypeORM records what it has applied. */
async function apply(name: string): Promise<void> {
  await dataSource.query(`INSERT INTO schema_migrations ("timestamp", name) VALUES ($1, $2)`, [
    Number(name.slice(-13)),
    name,
  ]);
}
