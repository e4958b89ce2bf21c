/** Adding in bulk and processing at once, with a history row for each run, as its users write it. */
import { setTimeout as delay } from 'node:timers/promises';
import { Logger, makeWorkerUtils, run, runMigrations } from 'graphile-worker';
import { startFullMeter } from './meter.mjs';
import { connectPostgres, CREATE_HISTORY } from './postgres.mjs';

const BATCH = 1_000;
const CONCURRENCY = 24;
const BATCHING = {
  localQueue: { size: 500 },
  completeJobBatchDelay: 0,
  failJobBatchDelay: 0,
};
const logger = new Logger(() => () => undefined);

export async function measure({ localQueue, runs, warmUpRuns }) {
  const connectionString = process.env.DATABASE_URL;
  const client = await connectPostgres();
  await client.query(CREATE_HISTORY);
  await runMigrations({ connectionString, logger });
  let done = 0;
  const runner = await run({
    connectionString,
    logger,
    noHandleSignals: true,
    preset: {
      worker: { concurrentJobs: CONCURRENCY, maxPoolSize: CONCURRENCY + 4, ...(localQueue && BATCHING) },
    },
    taskList: {
      run: async (_payload, { query }) => {
        await query(`INSERT INTO history (name, state, started_at) VALUES ('run', 'succeeded', now())`);
        done++;
      },
    },
  });
  const utils = await makeWorkerUtils({ connectionString, logger });
  const runAll = async (count) => {
    done = 0;
    const read = await startFullMeter();
    for (let added = 0; added < count; added += BATCH)
      await utils.addJobs(Array.from({ length: BATCH }, (_, i) => ({ identifier: 'run', payload: { i } })));
    while (done < count) await delay(5);
    return read(count);
  };
  await runAll(warmUpRuns);
  const figures = await runAll(runs);
  await utils.release();
  await runner.stop();
  await client.end();
  return figures;
}
