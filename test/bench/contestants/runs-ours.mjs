/** From due, or asked for by hand, to `succeeded` in history, with a target that does nothing, in one worker process. */
import { setTimeout as delay } from 'node:timers/promises';
import { startFullMeter } from './meter.mjs';
import { connectPostgres, insertSchedules, untilTrue } from './postgres.mjs';
import { createJob, fromProduct, startWorker } from './product.mjs';

const LEAD_MS = 1_500;
/** As many as the peers add in bulk. */
const ASKED_AT_ONCE = 1_000;

/**
 * @param byHand they are executed instead of due, as many at once as the peers add in bulk
 * @param isEmpty the database has nothing that must stay
 */
export async function measure({ backend, runs, warmUpRuns, concurrency, byHand = false, isEmpty = true }) {
  let started = 0;
  const app = await startWorker({ backend, concurrency, onRun: () => started++ });
  const client = await connectPostgres();
  const jobId = await createJob(app);
  const ask = byHand ? await executing(app, jobId) : schedulesOf(client, jobId);
  const runAll = async (count) => {
    started = 0;
    const begin = await ask(count);
    const read = await startFullMeter();
    await begin();
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

/** Each due once, all at the same instant. */
function schedulesOf(client, jobId) {
  return async (count) => {
    const firstAt = new Date(Date.now() + LEAD_MS);
    await insertSchedules(client, { jobId, count, firstAt, intervalSeconds: 86_400, overlap: 'skip' });
    await delay(firstAt.getTime() - Date.now());
    return () => undefined;
  };
}

/** As requests of one service, without their HTTP. */
async function executing(app, jobId) {
  const { ExecutionsService } = await fromProduct('libs/executions/src/index.js');
  const { bindToActor, bindToService, runInRequestContext } = await fromProduct(
    'libs/platform/src/request-context/index.js',
  );
  const executions = app.get(ExecutionsService, { strict: false });
  const execute = () =>
    runInRequestContext({ requestId: 'bench', traceparent: null }, () => {
      bindToService('default');
      bindToActor('bench');
      return executions.execute('default', jobId, { parameters: {}, traceparent: null });
    });
  return async (count) => async () => {
    for (let asked = 0; asked < count; asked += ASKED_AT_ONCE)
      await Promise.all(Array.from({ length: Math.min(ASKED_AT_ONCE, count - asked) }, execute));
  };
}
