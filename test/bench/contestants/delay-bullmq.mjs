/** The same instants from BullMQ's own job schedulers; the nominal one is in the job's id. */
import { setTimeout as delay } from 'node:timers/promises';
import { openBullmq } from './bullmq.mjs';
import { Delays, EVERY_MS } from './delays.mjs';

const UPSERTS_AT_ONCE = 50;

export async function measure({ backend, perSecond, concurrency }) {
  const delays = new Delays();
  const onJob = async ({ id }) => delays.add(Number(id.slice(id.lastIndexOf(':') + 1)));
  const { queue, close } = await openBullmq({ backend, concurrency, onJob });
  const startsAt = Date.now() + 5_000;
  const schedulers = Array.from({ length: (perSecond * EVERY_MS) / 1_000 }, (_, at) => ({
    id: `every-${at}`,
    repeat: { every: EVERY_MS, startDate: startsAt + Math.round((at * 1_000) / perSecond) },
  }));
  for (let at = 0; at < schedulers.length; at += UPSERTS_AT_ONCE) {
    const some = schedulers.slice(at, at + UPSERTS_AT_ONCE);
    await Promise.all(some.map(({ id, repeat }) => queue.upsertJobScheduler(id, repeat, { name: 'run' })));
  }
  await delay(startsAt - Date.now());
  const figures = await delays.measure();
  await close();
  return figures;
}
