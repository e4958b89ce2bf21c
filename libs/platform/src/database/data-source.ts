import { DataSource, type DataSourceOptions } from 'typeorm';
import { migrations } from '../../../../migrations/index.js';

export interface DatabaseOptions {
  readonly url: string;
  /** Connections this process may hold. */
  readonly poolSize: number;
  /** Shown by `pg_stat_activity`. */
  readonly applicationName: string;
}

/** A query that waits longer than this for a connection means that the pool is exhausted: say so instead of hanging. */
const CONNECTION_TIMEOUT_MS = 5_000;
/** No statement of ours takes this long; one that does is stuck behind a lock and must not hold its connection. */
const STATEMENT_TIMEOUT_MS = 30_000;

export function dataSourceOptions(options: DatabaseOptions): DataSourceOptions {
  return {
    type: 'postgres',
    url: options.url,
    applicationName: options.applicationName,
    migrations,
    migrationsTableName: 'schema_migrations',
    synchronize: false,
    poolSize: options.poolSize,
    connectTimeoutMS: CONNECTION_TIMEOUT_MS,
    extra: {
      statement_timeout: STATEMENT_TIMEOUT_MS,
      // Times are sent and read as UTC whatever the machine's zone is.
      options: '-c timezone=UTC',
      keepAlive: true,
    },
  };
}

/** A bare connection without entities, for migrations and administration. */
export async function withDataSource<T>(
  url: string,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const dataSource = new DataSource(
    dataSourceOptions({ url, poolSize: 2, applicationName: 'scheduler-admin' }),
  );
  await dataSource.initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
