import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ExecutionsService } from '@app/executions';
import { DEFAULT_RETRY_POLICY, type Job, JobsService } from '@app/jobs';
import { aCall } from '../../../../test/support/a-job.js';
import { flushQueue } from '../../../../test/support/flush-queue.js';
import { TargetServer } from '../../../../test/support/target-server.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.js';
import { queueBackendsUnderTest } from '../../../../test/support/test-redis.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { startWorker } from '../../../../test/support/worker-under-test.js';
import type { Execution } from '../domain/execution.js';

jest.setTimeout(120_000);

const LIMIT = 5;
const CONCURRENCY = 4;
const RUNS = 60;
/** After the host's return; then its circuit has been probed and all that waited for it has come again. */
const BACK_WITHIN_MS = 30_000;
/** With a retry every 500 ms, that many runs would call a host a hundred times a second. */
const RETRIES = { maxAttempts: 50, backoff: 'fixed', initialDelayMs: 500 } as const;

describe.each(queueBackendsUnderTest())('runs whose host is away, on the %s queue', (backend) => {
  let database: TestDatabase;
  let target: TargetServer;
  let worker: INestApplicationContext;

  beforeEach(async () => {
    [database, target] = await Promise.all([createTestDatabase(), TargetServer.start()]);
    await flushQueue(backend);
    worker = await startWorker(database, backend, {
      WORKER_CONCURRENCY: String(CONCURRENCY),
      CIRCUIT_FAILURES: String(LIMIT),
    });
  });

  afterEach(async () => {
    await worker.close();
    await target.stop();
    await database.drop();
  });

  const executions = () => worker.get(ExecutionsService, { strict: false });

  const createJob = (changes: Partial<Job> = {}, service = 'default'): Promise<Job> =>
    worker.get(JobsService, { strict: false }).create(
      service,
      aCall(target.url('/'), {
        retryPolicy: { ...DEFAULT_RETRY_POLICY, ...RETRIES },
        timeoutMs: 60_000,
        ...changes,
      }),
    );

  const execute = async ({ id, service }: Job): Promise<string> =>
    (await executions().execute(service, id, { parameters: {}, traceparent: null })).id;

  const get = (id: string, service = 'default') => executions().get(service, id);

  const until = (id: string, isSo: (execution: Execution) => boolean, service?: string) =>
    waitFor(
      async () => {
        const execution = await get(id, service);
        return isSo(execution) && execution;
      },
      { timeoutMs: BACK_WITHIN_MS, describe: `execution ${id}` },
    );

  const succeeded = ({ state }: Execution) => state === 'succeeded';
  const isUncalled = ({ state, error }: Execution) => state === 'pending' && error?.type === 'circuit_open';
  const outcomesOf = ({ attempts }: Execution, outcome: string) =>
    attempts.filter((attempt) => attempt.outcome === outcome);

  /** Its worker has opened the circuit, and a run of `job` waits for it. @returns that run */
  const uncalledRunOf = async (job: Job): Promise<Execution> => {
    await target.goAway();
    const others = await createJob();
    const opening: string[] = [];
    while (opening.length < LIMIT) opening.push(await execute(others));
    await waitFor(async () => (await Promise.all(opening.map((one) => get(one)))).some(isUncalled));
    return until(await execute(job), isUncalled);
  };

  it('wait for it without a call and without an attempt spent, and all end well once it is back', async () => {
    const job = await createJob();
    await target.goAway();
    const ids: string[] = [];
    while (ids.length < RUNS) ids.push(await execute(job));
    await waitFor(async () => {
      const all = await Promise.all(ids.map((id) => get(id)));
      return all.every(({ attempt, state }) => attempt > 0 && state === 'pending');
    });
    const calledWhileAway = (await Promise.all(ids.map((id) => get(id)))).flatMap((execution) =>
      outcomesOf(execution, 'failed'),
    );
    await target.comeBack();
    const backAtMs = performance.now();
    const done = await Promise.all(ids.map((id) => until(id, succeeded)));

    expect(performance.now() - backAtMs).toBeLessThan(BACK_WITHIN_MS);
    expect(calledWhileAway.length).toBeLessThan(RUNS / 2);
    expect(target.requests).toHaveLength(RUNS);
    expect(done.flatMap((execution) => outcomesOf(execution, 'released')).length).toBeGreaterThan(RUNS / 2);
    for (const execution of done) {
      const released = outcomesOf(execution, 'released');
      expect(released.every(({ error }) => error?.type === 'circuit_open')).toBe(true);
      expect(execution).toMatchObject({ releasedCount: released.length, error: null });
      expect(execution.attempt - released.length).toBe(outcomesOf(execution, 'failed').length + 1);
    }
  });

  it('say what they wait for and until when', async () => {
    const { error, dueAt, createdAt } = await uncalledRunOf(await createJob());
    const origin = new URL(target.url('/')).origin;
    expect(error).toEqual({
      type: 'circuit_open',
      message: `not called: ${origin} does not answer`,
    });
    expect(dueAt.getTime()).toBeGreaterThan(createdAt.getTime() + 1_000);
  });

  it('end when they are cancelled, and are not called any more', async () => {
    const { id } = await uncalledRunOf(await createJob({ name: 'cancelled' }));
    await executions().cancel('default', id, 'ann', 'not needed');
    expect(await get(id)).toMatchObject({ state: 'cancelled', cancelReason: 'not needed' });
    await target.comeBack();
    await until(await execute(await createJob()), succeeded);
    const called = target.requests.map(({ headers }) => headers['x-scheduler-execution-id']);
    expect(called).not.toContain(id);
  });

  it('may be at-most-once: they were never sent', async () => {
    const { id } = await uncalledRunOf(await createJob({ deliveryGuarantee: 'at_most_once' }));
    await target.comeBack();
    expect(outcomesOf(await until(id, succeeded), 'released')).not.toEqual([]);
    const called = target.requests.map(({ headers }) => headers['x-scheduler-execution-id']);
    expect(called.filter((called) => called === id)).toHaveLength(1);
  });

  it('do not hold up runs of other hosts, nor those of another service', async () => {
    await uncalledRunOf(await createJob());
    const other = await TargetServer.start();
    const well = await createJob({ target: { type: 'http', method: 'POST', url: other.url('/') } });
    expect(await until(await execute(well), succeeded)).toMatchObject({ attempt: 1, releasedCount: 0 });

    await worker.get(DataSource).query(`INSERT INTO services (slug, name) VALUES ('others', 'others')`);
    const foreign = await createJob({ retryPolicy: DEFAULT_RETRY_POLICY }, 'others');
    const ended = await until(await execute(foreign), ({ state }) => state === 'failed', 'others');
    expect(ended).toMatchObject({ attempt: 1, error: { type: 'network' } });
    await other.stop();
  });

  it('are tried all the same when they have been given back five times', async () => {
    const { id } = await uncalledRunOf(await createJob());
    await worker
      .get(DataSource)
      .query(
        `UPDATE executions SET attempt = attempt + 5 - released_count, released_count = 5, due_at = now() WHERE id = $1`,
        [id],
      );
    const tried = await until(id, (execution) => outcomesOf(execution, 'failed').length >= 4);
    expect(tried.attempts.slice(-3)).toMatchObject(Array(3).fill({ outcome: 'failed' }));
    expect(tried.releasedCount).toBe(5);
  });
});
