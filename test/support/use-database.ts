import { afterAll, beforeAll } from '@jest/globals';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '@app/platform/database';
import { planTestDatabase } from './test-database.js';

export interface DatabaseInUse {
  readonly url: string;
  /** Connected from the first `beforeAll` on that comes after the call. */
  readonly dataSource: DataSource;
}

interface Options {
  /** Connections that the tests may hold at once. */
  readonly poolSize?: number;
  /** For statements that take longer than any of the service's own. */
  readonly mayTakeLong?: boolean;
}

/** On a machine that is busy with other tests. */
const START_TIMEOUT_MS = 60_000;

/**
 * A database of this file's own, or of one `describe`, and a pool of connections to it: there before the first test and
 * gone after the last.
 */
export function useDatabase({ poolSize = 2, mayTakeLong = false }: Options = {}): DatabaseInUse {
  const database = planTestDatabase();
  const { url } = database;
  const dataSource = new DataSource(
    dataSourceOptions({ url, poolSize, applicationName: 'test', mayTakeLong }),
  );

  beforeAll(async () => {
    await database.create();
    await dataSource.initialize();
  }, START_TIMEOUT_MS);

  afterAll(async () => {
    // It is not where the database could not be created; the report should be of that alone.
    if (dataSource.isInitialized) await dataSource.destroy();
    await database.drop();
  });

  return { url, dataSource };
}
