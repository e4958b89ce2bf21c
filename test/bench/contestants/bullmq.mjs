/** A BullMQ queue and worker of one name, on Redis or on Postgres, as its documentation sets them up. */
import { createPostgresBackend, Queue, runMigrations, setDefaultBackendFactory, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { connectPostgres } from './postgres.mjs';

const SCHEMA = 'bullmq';
/** Traces of done jobs would only grow. */
const FORGET = { removeOnComplete: true, removeOnFail: true };

export async function openBullmq({ backend, concurrency, onJob }) {
  const connect = backend === 'postgres' ? await postgres() : redis;
  const queue = new Queue('bench', { connection: connect(), defaultJobOptions: FORGET });
  const worker = new Worker('bench', onJob, {
    connection: connect(),
    concurrency,
    removeOnComplete: { count: 0 },
  });
  await worker.waitUntilReady();
  return {
    queue,
    close: async () => {
      await worker.close(true);
      await queue.close();
    },
  };
}

function redis() {
  return new Redis(process.env.REDIS_URL, { maxRetriesPerRequest: null });
}

async function postgres() {
  const connectionString = process.env.QUEUE_DATABASE_URL;
  setDefaultBackendFactory(createPostgresBackend);
  const client = await connectPostgres(connectionString);
  await runMigrations(client, SCHEMA);
  await client.end();
  return () => ({ connectionString, schema: SCHEMA, max: 6 });
}
