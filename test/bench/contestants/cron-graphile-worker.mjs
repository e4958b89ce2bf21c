/** The same from graphile-worker's crontab. */
import { Logger, parseCronItems, run } from 'graphile-worker';
import { NextMinute } from './next-minute.mjs';

const CONCURRENCY = 24;
const logger = new Logger(() => () => undefined);

export async function measure({ count, cron }) {
  const minute = new NextMinute();
  const items = Array.from({ length: count }, (_, at) => ({
    task: 'run',
    match: cron,
    identifier: `cron-${at}`,
  }));
  const runner = await run({
    connectionString: process.env.DATABASE_URL,
    logger,
    noHandleSignals: true,
    preset: { worker: { concurrentJobs: CONCURRENCY, maxPoolSize: CONCURRENCY + 4 } },
    parsedCronItems: parseCronItems(items),
    taskList: { run: async () => minute.add() },
  });
  const figures = await minute.measure(count);
  await runner.stop();
  return figures;
}
