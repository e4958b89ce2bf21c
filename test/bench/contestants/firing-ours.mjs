/** All schedules fall due at one instant: how fast one scheduler commits their executions and hands them over. */
import { setTimeout as delay } from 'node:timers/promises';
import { connectPostgres, insertSchedules, untilTrue } from './postgres.mjs';
import { startMeter } from './meter.mjs';
import { createJob, fromProduct, startScheduler } from './product.mjs';

/** The dispatcher keeps no more than a window of messages in the queue. */
const FIRES = 20_000;
const WARM_UP_FIRES = 4_000;
const LEAD_MS = 1_500;

export async function measure({ backend }) {
  const app = await startScheduler({ backend });
  const client = await connectPostgres();
  const { ExecutionsQueue } = await fromProduct('libs/executions/src/index.js');
  const queue = app.get(ExecutionsQueue, { strict: false });
  const jobId = await createJob(app);
  await fire({ client, queue, jobId, count: WARM_UP_FIRES });
  await queue.queue.obliterate({ force: true });
  await client.query('TRUNCATE schedules, executions');
  const figures = await fire({ client, queue, jobId, count: FIRES });
  await app.close();
  await client.end();
  return figures;
}

async function fire({ client, queue, jobId, count }) {
  const firstAt = new Date(Date.now() + LEAD_MS);
  await insertSchedules(client, { jobId, count, firstAt, intervalSeconds: 86_400, overlap: 'skip' });
  await delay(firstAt.getTime() - Date.now());
  const read = startMeter();
  // Not now(): a timer may end a little early, and then nothing is due yet.
  const isDue = `next_run_at <= to_timestamp(${firstAt.getTime() / 1_000})`;
  await untilTrue(client, `SELECT NOT EXISTS (SELECT FROM schedules WHERE ${isDue})`);
  const committed = read(count);
  await untilTrue(client, `SELECT NOT EXISTS (SELECT FROM executions WHERE phase = 'waiting')`);
  while ((await queue.runKeys()).size < count) await delay(5);
  const handedOver = read(count);
  return {
    committed: committed.perSecond,
    handedOver: handedOver.perSecond,
    nodeMicros: handedOver.nodeMicros,
  };
}
