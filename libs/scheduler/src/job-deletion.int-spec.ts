import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { BulkOperationsRepository } from '@app/executions';
import { JobsService } from '@app/jobs';
import { aCall } from '../../../test/support/a-job.js';
import { seedWaiting } from '../../../test/support/seed-waiting.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { TargetServer } from '../../../test/support/target-server.js';
import { queueBackendsUnderTest } from '../../../test/support/test-redis.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { startWorker } from '../../../test/support/worker-under-test.js';

jest.setTimeout(60_000);

const SLOTS = 5;

describe.each(queueBackendsUnderTest())('deleting a job, queue on %s', (backend) => {
  let database: TestDatabase;
  let target: TargetServer;
  let worker: INestApplicationContext;

  beforeAll(async () => {
    database = await createTestDatabase();
    target = await TargetServer.start();
    worker = await startWorker(database, backend, { WORKER_CONCURRENCY: String(SLOTS) });
  });
  afterAll(async () => {
    await worker.close();
    await target.stop();
    await database.drop();
  });

  const jobs = () => worker.get(JobsService, { strict: false });
  const operations = () => worker.get(BulkOperationsRepository, { strict: false }).list('default', 10);

  async function createJob(path: string): Promise<string> {
    return (await jobs().create('default', aCall(target.url(path)))).id;
  }

  async function countOf(jobId: string, ...states: readonly string[]): Promise<number> {
    const [row] = await worker
      .get(DataSource)
      .query<{ count: number }[]>(
        'SELECT count(*)::integer AS count FROM executions WHERE job_id = $1 AND state = ANY($2)',
        [jobId, states],
      );
    return row!.count;
  }

  /** As many runs as there are slots, held by the target. */
  async function holdRunning(path: string, waiting: number): Promise<[string, () => void]> {
    const jobId = await createJob(path);
    const endRunning = target.hold(path);
    await seedWaiting(worker.get(DataSource), jobId, SLOTS + waiting);
    await target.waitForRequests(path, SLOTS);
    return [jobId, endRunning];
  }

  it('ends at once what waits of it, with no bulk operation', async () => {
    const [jobId, endRunning] = await holdRunning('/few', 100);
    await jobs().delete('default', jobId, null);
    expect(await countOf(jobId, 'cancelled')).toBe(100);
    expect(await operations()).toEqual([]);
    endRunning();
    await waitFor(async () => (await countOf(jobId, 'succeeded')) === SLOTS);
  });

  it('leaves the most of a large backlog to a bulk operation, and starts none of it meanwhile', async () => {
    const [jobId, endRunning] = await holdRunning('/many', 5_000);
    await jobs().delete('default', jobId, null);
    expect(await countOf(jobId, 'cancelled')).toBeLessThan(5_000);
    const [operation] = await operations();
    expect(operation).toMatchObject({ action: 'cancel', reason: 'job_deleted', createdBy: 'scheduler' });

    endRunning();
    await waitFor(async () => (await countOf(jobId, 'pending', 'queued', 'running')) === 0, {
      timeoutMs: 30_000,
    });
    expect(await countOf(jobId, 'succeeded')).toBe(SLOTS);
    expect(await countOf(jobId, 'cancelled')).toBe(5_000);
    expect(target.requestsTo('/many')).toHaveLength(SLOTS);
    await waitFor(async () => (await operations())[0]?.state === 'succeeded');
  });
});
