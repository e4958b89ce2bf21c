/** From nominal instant to handler start, `perSecond` instants a second, evenly spread. */
import { Delays, EVERY_MS } from './delays.mjs';
import { connectPostgres, insertSchedules } from './postgres.mjs';
import { createJob, startWorker } from './product.mjs';

export async function measure({ backend, perSecond, concurrency }) {
  const delays = new Delays();
  const onRun = ({ scheduledFor }) => delays.add(Date.parse(scheduledFor));
  const app = await startWorker({ backend, concurrency, onRun });
  const client = await connectPostgres();
  await insertSchedules(client, {
    jobId: await createJob(app),
    count: (perSecond * EVERY_MS) / 1_000,
    firstAt: new Date(Date.now() + 1_000),
    stepMs: 1_000 / perSecond,
    intervalSeconds: EVERY_MS / 1_000,
    overlap: 'allow',
  });
  const figures = await delays.measure();
  await app.close();
  await client.end();
  return figures;
}
