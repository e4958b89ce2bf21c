import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ExecutionDispatcher, ExecutionsQueue, ExecutionsService } from '@app/executions';
import { JobsService } from '@app/jobs';
import { aCall } from '../../../../test/support/a-job.js';
import { flushQueue } from '../../../../test/support/flush-queue.js';
import { TargetServer } from '../../../../test/support/target-server.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.js';
import { queueBackendsUnderTest } from '../../../../test/support/test-redis.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { startFirer, startWorker } from '../../../../test/support/worker-under-test.js';

jest.setTimeout(60_000);

const SLOW_MS = 4_000;
const ISOLATED_MS = 700;

describe.each(queueBackendsUnderTest())('a run that was lost twice, on the %s queue', (backend) => {
  let database: TestDatabase;
  let target: TargetServer;
  /** Stores and dispatches, but has no loops and runs nothing. */
  let api: INestApplicationContext;
  let workers: INestApplicationContext[];

  beforeEach(async () => {
    [database, target] = await Promise.all([createTestDatabase(), TargetServer.start()]);
    await flushQueue(backend);
    api = await startFirer(database, backend);
    workers = [];
    target.answer('/slow', { delayMs: SLOW_MS });
    target.answer('/isolated', { delayMs: ISOLATED_MS });
  });

  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await api.close();
    await target.stop();
    await database.drop();
  });

  const executions = () => api.get(ExecutionsService, { strict: false });

  const startOne = async (): Promise<INestApplicationContext> => {
    const worker = await startWorker(database, backend);
    workers.push(worker);
    return worker;
  };

  const executed = async (path: string): Promise<string> => {
    const job = await api
      .get(JobsService, { strict: false })
      .create('default', aCall(target.url(path), { timeoutMs: 60_000 }));
    return (await executions().execute('default', job.id, { parameters: {}, traceparent: null })).id;
  };

  /** Stored while nobody works: pending, as the rescuer left it, but not due yet. */
  const lostTwice = async (): Promise<string> => {
    const id = await executed('/isolated');
    await inState(id, 'queued');
    await api.get(DataSource).query(
      `UPDATE executions SET state = 'pending', due_at = now() + interval '1 hour', lost_count = 2, attempt = 2,
              attempts = jsonb_build_array(jsonb_build_object('attempt', 2, 'outcome', 'lost', 'finishedAt', now())) WHERE id = $1`,
      [id],
    );
    return id;
  };

  const makeDue = async (): Promise<void> => {
    await api.get(DataSource).query(`UPDATE executions SET due_at = now() WHERE state = 'pending'`);
    await api.get(ExecutionDispatcher, { strict: false }).dispatchDue();
  };

  const inState = (id: string, state: string) =>
    waitFor(
      async () => {
        const execution = await executions().get('default', id);
        return execution.state === state && execution;
      },
      { timeoutMs: 30_000, describe: `execution ${id} to be ${state}` },
    );

  const arrivalsAt = (path: string) => target.requestsTo(path).map(({ arrivedAtMs }) => arrivedAtMs);

  /** A worker that runs /slow, and has taken the message of an isolated run. */
  const waitingBehindSlow = async () => {
    const isolated = await lostTwice();
    const slow = await executed('/slow');
    const worker = await startOne();
    await target.waitForRequests('/slow', 1);
    await makeDue();
    const queue = api.get(ExecutionsQueue, { strict: false });
    // The other's message went when its run was claimed.
    await waitFor(async () => (await queue.counts())['active'] === 1 && (await queue.size()) === 1);
    return { isolated, slow, worker };
  };

  it('begins when the others have ended, and nothing begins beside it', async () => {
    const { isolated, slow } = await waitingBehindSlow();
    const other = await executed('/other');
    await Promise.all([slow, isolated, other].map((id) => inState(id, 'succeeded')));

    expect(target.requests.map(({ path }) => path)).toEqual(['/slow', '/isolated', '/other']);
    const [slowAt, isolatedAt, otherAt] = ['/slow', '/isolated', '/other'].flatMap(arrivalsAt);
    expect(isolatedAt! - slowAt!).toBeGreaterThanOrEqual(SLOW_MS - 5);
    expect(otherAt! - isolatedAt!).toBeGreaterThanOrEqual(ISOLATED_MS - 5);
    expect(await inState(isolated, 'succeeded')).toMatchObject({ attempt: 3, lostCount: 2 });
    expect(await inState(other, 'succeeded')).toMatchObject({ attempt: 1 });
  });

  it('runs while others go to another worker', async () => {
    const endSlow = target.hold('/slow');
    const { isolated } = await waitingBehindSlow();
    await startOne();
    await inState(await executed('/other'), 'succeeded');
    expect(target.requestsTo('/isolated')).toEqual([]);
    endSlow();
    await inState(isolated, 'succeeded');
  });

  it('does not run when it is cancelled while it waits', async () => {
    const endSlow = target.hold('/slow');
    const { isolated, slow } = await waitingBehindSlow();
    await executions().cancel('default', isolated, 'ann', 'a mistake');
    expect(await executions().get('default', isolated)).toMatchObject({ state: 'cancelled' });
    endSlow();
    await inState(slow, 'succeeded');
    await inState(await executed('/other'), 'succeeded');
    expect(target.requestsTo('/isolated')).toEqual([]);
  });

  it('goes to another worker when the one that it waits for is stopped', async () => {
    target.answer('/slow', { hang: true }, {});
    const { isolated, worker } = await waitingBehindSlow();
    workers = [];
    await worker.close();
    expect(target.requestsTo('/isolated')).toEqual([]);
    const givenUp = await executions().get('default', isolated);
    // Put off for up to 5 s: what has come due by now is in the queue again.
    expect(['pending', 'queued']).toContain(givenUp.state);
    expect(givenUp.attempt).toBe(2);

    await startOne();
    expect(await inState(isolated, 'succeeded')).toMatchObject({ attempt: 3, lostCount: 2 });
  });

  it('shares its process with no other such run either', async () => {
    const both = [await lostTwice(), await lostTwice()];
    await makeDue();
    await startOne();
    await Promise.all(both.map((id) => inState(id, 'succeeded')));
    const [first, second] = arrivalsAt('/isolated');
    expect(second! - first!).toBeGreaterThanOrEqual(ISOLATED_MS - 5);
  });
});
