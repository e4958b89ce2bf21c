/** Postgres as `npm start` sets it up and Redis, started for one run. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../../dist/apps/standalone/src/postgres/embedded-postgres.js';
import { prepareDatabases } from '../../../dist/apps/standalone/src/prepare.js';
import { startRedis } from '../../../scripts/testing/redis.mjs';

const SETTINGS = { max_connections: '300' };
/** For a machine whose disk others use: it would be measured otherwise. */
const WITHOUT_FSYNC = { fsync: 'off', full_page_writes: 'off' };
const PROFILING = { shared_preload_libraries: 'pg_stat_statements', track_io_timing: 'on' };

export async function startServers({ signal, fsync, profiling }) {
  const folder = await mkdtemp(path.join(tmpdir(), 'scheduler-bench-'));
  // PostgreSQL runs as another user when the bench runs as root.
  await chmod(folder, 0o755);
  const settings = { ...SETTINGS, ...(!fsync && WITHOUT_FSYNC), ...(profiling && PROFILING) };
  const postgres = await startEmbeddedPostgres({ dataDir: folder, settings, report: console.error }, signal);
  const redis = await startRedis(folder);
  if (!redis) throw new Error('the bench needs redis-server on PATH');
  await prepareDatabases({
    ...process.env,
    DATABASE_URL: postgres.url('scheduler_template'),
    QUEUE_BACKEND: 'postgres',
    QUEUE_DATABASE_URL: postgres.url('queue_template'),
  });
  return {
    urlOf: (database) => postgres.url(database),
    redisUrl: redis.url,
    stop: async () => {
      await Promise.all([postgres.stop(), redis.stop()]);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
