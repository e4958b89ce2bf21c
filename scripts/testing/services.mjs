/** The servers that tests talk to: real ones, started for one run, in one temporary folder. */
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startEmbeddedPostgres } from '../../dist/apps/standalone/src/postgres/embedded-postgres.js';
import { prepareDatabases } from '../../dist/apps/standalone/src/prepare.js';
import { startRedis } from './redis.mjs';

/** Nothing has to survive the machine's power cut; commits behave as ever, they just do not wait for the disk. */
const FAST = { fsync: 'off', full_page_writes: 'off', max_connections: '300' };

/** @returns the environment for the tests, and `stop()`. */
export async function startServices(signal) {
  const folder = await mkdtemp(path.join(tmpdir(), 'scheduler-test-'));
  // PostgreSQL runs as another user when the tests run as root.
  await chmod(folder, 0o755);
  const started = [];
  const stop = async () => {
    await Promise.all(started.map((service) => service.stop()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const postgres = await startEmbeddedPostgres(
      { dataDir: folder, settings: FAST, report: console.error },
      signal,
    );
    started.push(postgres);
    const redis = await startRedis(folder);
    if (redis) started.push(redis);
    await prepareTemplates(postgres);
    return { env: { TEST_DATABASE_URL: postgres.url('postgres'), TEST_REDIS_URL: redis?.url ?? '' }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What test/support/test-database.ts copies. */
function prepareTemplates(postgres) {
  return prepareDatabases({
    ...process.env,
    DATABASE_URL: postgres.url('scheduler_template'),
    QUEUE_BACKEND: 'postgres',
    QUEUE_DATABASE_URL: postgres.url('queue_template'),
  });
}
