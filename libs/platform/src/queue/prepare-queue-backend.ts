import { runMigrations } from 'bullmq';
import { Client } from 'pg';
import type { AppConfig } from '@app/platform/config';
import { createDatabaseIfMissing } from '@app/platform/database';
import { QUEUE_SCHEMA } from './queue-connections.js';

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
