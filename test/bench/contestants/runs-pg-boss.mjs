/** Adding in bulk and processing at once in batches, with a history row for each run, a batch of them in one INSERT. */
import { setTimeout as delay } from 'node:timers/promises';
import PgBoss from 'pg-boss';
import { startFullMeter } from './meter.mjs';
import { connectPostgres, CREATE_HISTORY } from './postgres.mjs';

const BATCH = 1_000;
const WRITE_HISTORY = `
  INSERT INTO history (name, state, started_at)
  SELECT 'run', 'succeeded', now() FROM generate_series(1, $1::integer)`;

export async function measure({ runs, warmUpRuns }) {
  const client = await connectPostgres();
  await client.query(CREATE_HISTORY);
  const boss = new PgBoss(process.env.DATABASE_URL);
  boss.on('error', (error) => console.error(error.message));
  await boss.start();
  await boss.createQueue('run');
  const runAll = async (count) => {
    const read = await startFullMeter();
    await Promise.all([addAll(boss, count), processAll(boss, client, count)]);
    return read(count);
  };
  await runAll(warmUpRuns);
  const figures = await runAll(runs);
  await boss.stop({ graceful: false });
  await client.end();
  return figures;
}

async function addAll(boss, count) {
  for (let added = 0; added < count; added += BATCH)
    await boss.insert(Array.from({ length: BATCH }, (_, i) => ({ name: 'run', data: { i } })));
}

/** `fetch` in a loop: `work` would sleep half a second between batches. */
async function processAll(boss, client, count) {
  for (let done = 0; done < count;) {
    const jobs = await boss.fetch('run', { batchSize: BATCH });
    if (jobs.length === 0) await delay(5);
    else {
      await client.query(WRITE_HISTORY, [jobs.length]);
      await boss.complete(
        'run',
        jobs.map(({ id }) => id),
      );
      done += jobs.length;
    }
  }
}
