/** The same from BullMQ's own job schedulers. */
import { openBullmq } from './bullmq.mjs';
import { NextMinute } from './next-minute.mjs';

const CONCURRENCY = 300;

export async function measure({ backend, count, cron }) {
  const minute = new NextMinute();
  const { queue, close } = await openBullmq({
    backend,
    concurrency: CONCURRENCY,
    onJob: async () => minute.add(),
  });
  for (let at = 0; at < count; at++)
    await queue.upsertJobScheduler(`cron-${at}`, { pattern: cron }, { name: 'run' });
  const figures = await minute.measure(count);
  await close();
  return figures;
}
