import { DataSource, type DataSourceOptions } from 'typeorm';
import { ANSWER_TIMEOUT_MS } from './impatient-client.js';
import { TenantClient } from './tenant-client.js';
import { VALUE_PARSERS } from './value-parsers.js';
import { migrations } from '../../../../migrations/index.js';

export interface DatabaseOptions {
  readonly url: string;
  /** Connections this process may hold. */
  readonly poolSize: number;
  /** Shown by `pg_stat_activity`. */
  readonly applicationName: string;
  /** For migrations, which may rewrite a table. */
  readonly mayTakeLong?: boolean;
  /** A statement that waits longer than this for a row is given up; as long as any statement, if it is left out. */
  readonly lockTimeoutMs?: number;
}

/** A query that waits longer than this for a connection means that the pool is exhausted: say so instead of hanging. */
const CONNECTION_TIMEOUT_MS = 5_000;
/** No statement of ours takes this long; one that does is stuck behind a lock and must not hold its connection. */
const STATEMENT_TIMEOUT_MS = 15_000;
/** A process that was stopped in the middle of a transaction holds its rows; after this the server takes them back. */
const IDLE_IN_TRANSACTION_TIMEOUT_MS = 10_000;

const TIMEOUTS = {
  statement_timeout: STATEMENT_TIMEOUT_MS,
  query_timeout: ANSWER_TIMEOUT_MS,
  idle_in_transaction_session_timeout: IDLE_IN_TRANSACTION_TIMEOUT_MS,
};

/**
 * Times are sent and read as UTC whatever the machine's zone is.
 *
 * Every statement of ours finds its rows through an index. The planner is kept from plans that only look cheaper as long
 * as a partition has no statistics, as each new week's has: a hash join over all queued rows to find a hundred of them.
 */
const SESSION_SETTINGS = [
  '-c timezone=UTC',
  '-c jit=off',
  '-c enable_seqscan=off',
  '-c enable_hashjoin=off',
  '-c enable_mergejoin=off',
  '-c enable_sort=off',
].join(' ');

function sessionSettings({ lockTimeoutMs }: DatabaseOptions): string {
  return lockTimeoutMs === undefined
    ? SESSION_SETTINGS
    : `${SESSION_SETTINGS} -c lock_timeout=${lockTimeoutMs}`;
}

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
      ...(options.mayTakeLong ? {} : TIMEOUTS),
      Client: TenantClient,
      options: sessionSettings(options),
      types: VALUE_PARSERS,
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
    dataSourceOptions({ url, poolSize: 2, applicationName: 'scheduler-admin', mayTakeLong: true }),
  );
  await dataSource.initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
