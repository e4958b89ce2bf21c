import { Redis } from 'ioredis';
import { Client } from 'pg';
import type { TestDatabase } from './test-database.js';
import { type QueueBackendUnderTest, testRedisUrl } from './test-redis.js';

/** Empties the queue as a Redis that lost its data does; on Postgres, the tables of the file's own queue database. */
export async function flushQueue(backend: QueueBackendUnderTest, database?: TestDatabase): Promise<void> {
  if (backend === 'redis') return flushRedis(testRedisUrl() ?? '');
  if (database) await flushPostgres(database.queueUrl);
}

export async function flushRedis(url: string): Promise<void> {
  const redis = new Redis(url);
  await redis.flushdb();
  redis.disconnect();
}

async function flushPostgres(queueUrl: string): Promise<void> {
  const client = new Client({ connectionString: queueUrl });
  await client.connect();
  await truncateQueue(client);
  await client.end();
}

/** @param client connected to BullMQ's database */
export async function truncateQueue(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
     WHERE schemaname = 'bullmq' AND tablename LIKE '%job%'`,
  );
  await client.query(`TRUNCATE ${rows.map(({ name }) => name).join(', ')} CASCADE`);
}
