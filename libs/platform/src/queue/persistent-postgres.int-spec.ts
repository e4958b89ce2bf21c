import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { Queue, setDefaultBackendFactory } from 'bullmq';
import { Client } from 'pg';
import { loadConfig } from '@app/platform/config';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.js';
import { prepareQueueBackend } from './prepare-queue-backend.js';
import { QueueConnections } from './queue-connections.js';

let database: TestDatabase;
let later: string;

beforeAll(async () => {
  database = await createTestDatabase();
  later = new URL(database.queueUrl).pathname.slice(1) + '_later';
});

afterAll(async () => {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  await client.query(`DROP DATABASE IF EXISTS "${later}" WITH (FORCE)`);
  await client.end();
  await database.drop();
});

it('a queue whose database is made after the process has started is used from then on', async () => {
  const url = new URL(database.queueUrl);
  url.pathname = `/${later}`;
  const config = loadConfig({ QUEUE_BACKEND: 'postgres', QUEUE_DATABASE_URL: url.href });
  const connections = new QueueConnections(config);
  setDefaultBackendFactory(connections.backendFactory);
  const queue = new Queue('late', connections.producer());
  queue.on('error', () => undefined);
  try {
    await expect(queue.add('run', {})).rejects.toThrow('does not exist');
    await prepareQueueBackend(config);
    await queue.add('run', {});
    expect(await queue.getJobCountByTypes('wait')).toBe(1);
  } finally {
    await queue.close();
  }
});
