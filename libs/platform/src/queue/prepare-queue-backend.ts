import { once } from 'node:events';
import { runMigrations } from 'bullmq';
import { Client } from 'pg';
import type { AppConfig } from '@app/platform/config';
import { createDatabaseIfMissing } from '@app/platform/database';
import { QUEUE_SCHEMA } from './queue-connections.js';
import { producerConnection } from './redis-connection.js';

/** The only policy under which Redis never throws queue entries away when memory runs short. */
const REQUIRED_EVICTION_POLICY = 'noeviction';

/** Makes the queue's place ready: BullMQ's own database and tables on Postgres; on Redis there is nothing to make. */
export async function prepareQueueBackend(
  config: Pick<AppConfig, 'queueBackend' | 'queueDatabaseUrl'>,
): Promise<void> {
  if (config.queueBackend === 'redis') return;
  await createDatabaseIfMissing(config.queueDatabaseUrl);
  const client = new Client({ connectionString: config.queueDatabaseUrl });
  await client.connect();
  try {
    await runMigrations(client, QUEUE_SCHEMA);
  } finally {
    await client.end();
  }
}

/** @returns why this Redis must not carry the queue; null when it may, does not tell, or cannot be reached now */
export async function redisEvictionFault(config: Pick<AppConfig, 'redis'>): Promise<string | null> {
  const connection = producerConnection(config.redis);
  try {
    await once(connection, 'ready');
    const policy = /^maxmemory_policy:(\S+)/m.exec(await connection.info('memory'))?.[1];
    if (policy === undefined || policy === REQUIRED_EVICTION_POLICY) return null;
    return `Redis evicts with maxmemory-policy ${policy}: set ${REQUIRED_EVICTION_POLICY}, or queued runs are thrown away`;
  } catch {
    return null;
  } finally {
    connection.disconnect();
  }
}
