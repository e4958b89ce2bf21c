import { runMigrations } from 'bullmq';
import { Client } from 'pg';
import type { AppConfig } from '@app/platform/config';
import { createDatabaseIfMissing } from '@app/platform/database';
import { QUEUE_SCHEMA } from './queue-connections.js';
import { consumerConnection } from './redis-connection.js';

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

/** @returns why this Redis must not carry the queue, or null when it may (or does not tell). */
export async function redisEvictionFault(config: Pick<AppConfig, 'redis'>): Promise<string | null> {
  const connection = consumerConnection(config.redis);
  try {
    const info = await connection.info('memory');
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
    if (policy === undefined || policy === REQUIRED_EVICTION_POLICY) return null;
    return `Redis evicts with maxmemory-policy ${policy}: set ${REQUIRED_EVICTION_POLICY}, or queued runs will be thrown away`;
  } finally {
    connection.disconnect();
  }
}
