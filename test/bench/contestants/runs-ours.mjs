/** From due to `succeeded` in history, with a target that does nothing, in one worker process. */
import { setTimeout as delay } from 'node:timers/promises';
import { startFullMeter } from './meter.mjs';
import { connectPostgres, insertSchedules, untilTrue } from './postgres.mjs';
import { createJob, startWorker } from './product.mjs';

const LEAD_MS = 1_500;

/** @param isEmpty the database has nothing that must stay */
export async function measure({ backend, runs, warmUpRuns, concurrency, isEmpty = true }) {
  let started = 0;
  const app = await startWorker({ backend, concurrency, onRun: () => started++ });
  const client = await connectPostgres();
  const jobId = await createJob(app);
  const runAll = async (count) => {
    started = 0;
    const firstAt = new Date(Date.now() + LEAD_MS);
    await insertSchedules(client, { jobId, count, firstAt, intervalSeconds: 86_400, overlap: 'skip' });
    await delay(firstAt.getTime() - Date.now());
    const read = await startFullMeter();
    while (started < count) await delay(10);
    await untilTrue(client, `SELECT NOT EXISTS (SELECT FROM executions WHERE phase <> 'final')`);
    return read(count);
  };
  await runAll(warmUpRuns);
  if (isEmpty) await client.query('TRUNCATE schedules, executions');
  const figures = await runAll(runs);
  await app.close();
  await client.end();
  return figures;
}
