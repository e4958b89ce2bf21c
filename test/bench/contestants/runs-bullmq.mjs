/** Adding in bulk and processing at once, in one process, with nothing stored. */
import { setTimeout as delay } from 'node:timers/promises';
import { openBullmq } from './bullmq.mjs';
import { startFullMeter } from './meter.mjs';

const BATCH = 1_000;

export async function measure({ backend, runs, warmUpRuns, concurrency }) {
  let done = 0;
  const { queue, close } = await openBullmq({ backend, concurrency, onJob: async () => void done++ });
  const runAll = async (count) => {
    done = 0;
    const read = await startFullMeter();
    for (let added = 0; added < count; added += BATCH)
      await queue.addBulk(
        Array.from({ length: Math.min(BATCH, count - added) }, (_, i) => messageOf(added + i)),
      );
    while (done < count) await delay(5);
    return read(count);
  };
  await runAll(warmUpRuns);
  const figures = await runAll(runs);
  await close();
  return figures;
}

function messageOf(number) {
  return { name: 'run', data: { number } };
}
