import { describe, expect, it, jest } from '@jest/globals';
import { DataSource } from 'typeorm';
import { useDatabase } from '../../../../test/support/use-database.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { dataSourceOptions } from './data-source.js';
import { isLockTimeout, isPassingFailure } from './postgres-error.js';
import { preparedRowsOf } from './statement.js';

const SLEEP = 'SELECT 1 AS one FROM pg_sleep(30)';
const END_SLEEPER = `
  SELECT pg_terminate_backend(pid) AS ended FROM pg_stat_activity
  WHERE datname = current_database() AND pid <> pg_backend_pid() AND query = '${SLEEP}'`;

jest.setTimeout(30_000);

const { url, dataSource } = useDatabase();

describe('a prepared statement', () => {
  it('fails alone when its connection breaks, and the next one has another connection', async () => {
    const sleeping = preparedRowsOf(dataSource, 'sleep', SLEEP, []).then(
      () => 'answered',
      (error: Error) => error.message,
    );
    await waitFor(async () => (await dataSource.query<unknown[]>(END_SLEEPER)).length > 0);
    expect(await sleeping).toMatch(/terminat/);
    expect(await preparedRowsOf(dataSource, 'one', 'SELECT 1 AS one', [])).toEqual([{ one: 1 }]);
  });
});

describe('a session with a lock time-out', () => {
  it('gives up a row that another one holds, as what may pass', async () => {
    const options = { url, poolSize: 1, applicationName: 'impatient', lockTimeoutMs: 50 };
    const impatient = await new DataSource(dataSourceOptions(options)).initialize();
    const holder = dataSource.createQueryRunner();
    await holder.startTransaction();
    try {
      await holder.query(`SELECT FROM services FOR UPDATE`);
      const asking: unknown = await impatient
        .query('SELECT FROM services FOR SHARE')
        .catch((e: unknown) => e);
      expect(isPassingFailure(asking)).toBe(true);
      expect(isLockTimeout(asking)).toBe(true);
    } finally {
      await holder.rollbackTransaction();
      await holder.release();
      await impatient.destroy();
    }
  });
});
