/** Adding in bulk and processing at once in batches, with a history row for each run. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import PgBoss from 'pg-boss';
import { startFullMeter } from './meter.mjs';
import { connectPostgres, CREATE_HISTORY } from './postgres.mjs';

const BATCH = 1_000;
/** pg-boss allows no shorter one. */
const POLLING_SECONDS = 0.5;
const HISTORY_CONNECTIONS = 10;
const WRITE_HISTORY = `
  INSERT INTO history (name, state, started_at)
  SELECT 'run', 'succeeded', now() FROM generate_series(1, $1::integer)`;

/** @param handlers `work` calls a handler with a batch and each run writes its row; otherwise a bare fetch loop, a row set at a time */
export async function measure({ handlers = false, runs, warmUpRuns }) {
  const client = await connectPostgres();
  await client.query(CREATE_HISTORY);
  const boss = new PgBoss(process.env.DATABASE_URL);
  boss.on('error', (error) => console.error(error.message));
  await boss.start();
  await boss.createQueue('run');
  const processing = handlers ? await inHandlers(boss) : inFetchLoop(boss, client);
  const runAll = async (count) => {
    const read = await startFullMeter();
    await Promise.all([addAll(boss, count), processing.untilDone(count)]);
    return read(count);
  };
  await runAll(warmUpRuns);
  const figures = await runAll(runs);
  await boss.stop({ graceful: false });
  await processing.end();
  await client.end();
  return figures;
}

async function addAll(boss, count) {
  for (let added = 0; added < count; added += BATCH)
    await boss.insert(Array.from({ length: BATCH }, (_, i) => ({ name: 'run', data: { i } })));
}

/** `fetch` in a loop: `work` would sleep half a second between batches. */
function inFetchLoop(boss, client) {
  const untilDone = async (count) => {
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
  };
  return { untilDone, end: async () => undefined };
}

/** As its users write it. What is done counts from the handler's end; pg-boss completes the batch after it. */
async function inHandlers(boss) {
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: HISTORY_CONNECTIONS });
  let done = 0;
  await boss.work('run', { batchSize: BATCH, pollingIntervalSeconds: POLLING_SECONDS }, async (jobs) => {
    await Promise.all(jobs.map(() => pool.query(WRITE_HISTORY, [1])));
    done += jobs.length;
  });
  const untilDone = async (count) => {
    while (done < count) await delay(5);
    done = 0;
  };
  return { untilDone, end: () => pool.end() };
}
