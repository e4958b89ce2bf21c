import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { type Execution, ExecutionsService } from '@app/executions';
import { DEFAULT_RETRY_POLICY, type JobSpec, JobsService } from '@app/jobs';
import { aCall } from '../../../test/support/a-job.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { TargetServer } from '../../../test/support/target-server.js';
import { queueBackendsUnderTest } from '../../../test/support/test-redis.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { startWorker } from '../../../test/support/worker-under-test.js';

describe.each(queueBackendsUnderTest())('one firing, on the %s queue', (backend) => {
  let database: TestDatabase;
  let target: TargetServer;
  let worker: INestApplicationContext;
  let jobs: JobsService;
  let executions: ExecutionsService;

  beforeAll(async () => {
    database = await createTestDatabase();
    target = await TargetServer.start();
    worker = await startWorker(database, backend);
    jobs = worker.get(JobsService, { strict: false });
    executions = worker.get(ExecutionsService, { strict: false });
  });

  afterAll(async () => {
    await worker.close();
    await target.stop();
    await database.drop();
  });

  const jobCalling = (path: string, more: Partial<JobSpec> = {}) =>
    jobs.create('default', aCall(target.url(path), more));

  const finished = (id: string): Promise<Execution> =>
    waitFor(
      async () => {
        const execution = await executions.get('default', id);
        return execution.finishedAt !== null && execution;
      },
      { describe: `execution ${id} to finish` },
    );

  it('runs a manual execution and keeps what the target answered', async () => {
    target.answer('/manual', { status: 201, body: 'made' });
    const job = await jobCalling('/manual', { parameters: { a: 1, b: 2 } });
    const { id } = await executions.execute('default', job.id, { parameters: { b: 3 }, traceparent: null });

    const execution = await finished(id);
    expect(execution).toMatchObject({
      state: 'succeeded',
      attempt: 1,
      trigger: 'manual',
      parameters: { a: 1, b: 3 },
    });
    expect(execution.result).toMatchObject({ statusCode: 201, output: 'made' });
    expect(execution.attempts).toEqual([
      expect.objectContaining({ attempt: 1, outcome: 'succeeded', statusCode: 201 }),
    ]);
  });

  it('tries a failing target as often as its retry policy says, under one idempotency key', async () => {
    target.answer('/flaky', { status: 500 }, { status: 503 }, { status: 200 });
    const retryPolicy = { ...DEFAULT_RETRY_POLICY, maxAttempts: 3, initialDelayMs: 10 };
    const job = await jobCalling('/flaky', { retryPolicy });
    const { id } = await executions.execute('default', job.id, { parameters: {}, traceparent: null });

    expect(await finished(id)).toMatchObject({ state: 'succeeded', attempt: 3 });
    const calls = target.requestsTo('/flaky').map(({ headers }) => headers);
    expect(calls.map((headers) => headers['x-scheduler-attempt'])).toEqual(['1', '2', '3']);
    expect(new Set(calls.map((headers) => headers['idempotency-key']))).toEqual(new Set([`"${id}"`]));
  });

  it('ends a run that takes longer than its time-out, and the target sees the call aborted', async () => {
    target.answer('/hang', { hang: true });
    const job = await jobCalling('/hang', { timeoutMs: 200 });
    const { id } = await executions.execute('default', job.id, { parameters: {}, traceparent: null });

    expect(await finished(id)).toMatchObject({ state: 'timed_out', error: { type: 'timeout' } });
    await waitFor(() => target.requestsTo('/hang')[0]?.abortedAtMs, { describe: 'the aborted call' });
  });

  it('cancels a running execution', async () => {
    target.answer('/cancel', { hang: true });
    const job = await jobCalling('/cancel');
    const { id } = await executions.execute('default', job.id, { parameters: {}, traceparent: null });
    await target.waitForRequests('/cancel', 1);

    await executions.cancel('default', id, 'ann', 'not needed');
    expect(await finished(id)).toMatchObject({ state: 'cancelled', reason: 'not needed' });
    await waitFor(() => target.requestsTo('/cancel')[0]?.abortedAtMs, { describe: 'the aborted call' });
  });

  it('never runs more of a job at once than its maxConcurrency', async () => {
    target.answer('/narrow', { delayMs: 30 });
    const job = await jobCalling('/narrow', { maxConcurrency: 2 });
    const asked = await Promise.all(
      Array.from({ length: 8 }, () =>
        executions.execute('default', job.id, { parameters: {}, traceparent: null }),
      ),
    );
    const runs = await Promise.all(asked.map(({ id }) => finished(id)));

    const events = runs.flatMap((run) => [
      { at: run.startedAt!.getTime(), change: 1 },
      { at: run.finishedAt!.getTime(), change: -1 },
    ]);
    events.sort((a, b) => a.at - b.at || a.change - b.change);
    let active = 0;
    const most = Math.max(...events.map(({ change }) => (active += change)));
    expect(most).toBeLessThanOrEqual(2);
  });

  it('releases its runs in flight when it shuts down, and another worker runs them without costing an attempt', async () => {
    target.answer('/deploy', { hang: true }, { status: 200 });
    const job = await jobCalling('/deploy');
    const { id } = await executions.execute('default', job.id, { parameters: {}, traceparent: null });
    await target.waitForRequests('/deploy', 1);

    await worker.close();
    const released = await withWorker(async (other) => {
      executions = other.get(ExecutionsService, { strict: false });
      return finished(id);
    });
    expect(released).toMatchObject({ state: 'succeeded', attempt: 2, maxAttempts: 1, releasedCount: 1 });
    expect(released.attempts.map(({ outcome }) => outcome)).toEqual(['released', 'succeeded']);
  });

  /** The last test of the file: the first worker is gone by now. */
  async function withWorker<T>(work: (worker: INestApplicationContext) => Promise<T>): Promise<T> {
    worker = await startWorker(database, backend);
    return work(worker);
  }
});
