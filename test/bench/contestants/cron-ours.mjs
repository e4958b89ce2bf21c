/** From the minute's beginning to handler start, for `count` schedules with a cron expression. */
import { NextMinute } from './next-minute.mjs';
import { connectPostgres, insertSchedules } from './postgres.mjs';
import { createJob, startWorker } from './product.mjs';

export async function measure({ backend, count, cron }) {
  const minute = new NextMinute();
  const app = await startWorker({ backend, onRun: () => minute.add() });
  const client = await connectPostgres();
  const firstAt = new Date(minute.startsAt);
  await insertSchedules(client, { jobId: await createJob(app), count, firstAt, cron, overlap: 'allow' });
  const figures = await minute.measure(count);
  await app.close();
  await client.end();
  return figures;
}
