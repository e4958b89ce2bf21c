import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ExecutionsQueue, ExecutionsService } from '@app/executions';
import { type JobSpec, JobsService } from '@app/jobs';
import { aCall } from '../../../test/support/a-job.js';
import { seedWaiting } from '../../../test/support/seed-waiting.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { TargetServer } from '../../../test/support/target-server.js';
import { queueBackendsUnderTest } from '../../../test/support/test-redis.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { startFirer, startWorker } from '../../../test/support/worker-under-test.js';

jest.setTimeout(120_000);

const WAITING = 100_000;
/** The promise is a second; in turn with the others, a run would wait for minutes. */
const SOON_MS = 5_000;

describe.each(queueBackendsUnderTest())(
  'while 100,000 runs of one service wait, on the %s queue',
  (backend) => {
    let database: TestDatabase;
    let target: TargetServer;
    /** Takes requests as an api does: another process than the one that hands over the flood. */
    let api: INestApplicationContext;
    let worker: INestApplicationContext;
    let floodJobId: string;

    beforeAll(async () => {
      database = await createTestDatabase();
      target = await TargetServer.start();
      target.answer('/slow', { delayMs: 100 });
      api = await startFirer(database, backend);
      floodJobId = await createJob('flood', {});
      await seedWaiting(api.get(DataSource), floodJobId, WAITING);
      worker = await startWorker(database, backend, { WORKER_CONCURRENCY: '10' });
      const queue = api.get(ExecutionsQueue, { strict: false });
      await waitFor(async () => (await queue.size()) > 4_900, {
        timeoutMs: 90_000,
        describe: 'the queue to be full of one service',
      });
    });

    afterAll(async () => {
      await worker.close();
      await api.close();
      await target.stop();
      await database.drop();
    });

    const createJob = async (service: string, spec: Partial<JobSpec>): Promise<string> => {
      const ensureService = 'INSERT INTO services (slug, name) VALUES ($1, $1) ON CONFLICT DO NOTHING';
      await api.get(DataSource).query(ensureService, [service]);
      const job = await api
        .get(JobsService, { strict: false })
        .create(service, aCall(target.url('/slow'), spec));
      return job.id;
    };

    const startDelayMs = async (ofService: string, jobId: string): Promise<number> => {
      const executions = api.get(ExecutionsService, { strict: false });
      const { id, createdAt } = await executions.execute(ofService, jobId, {
        parameters: {},
        traceparent: null,
      });
      const startedAt = await waitFor(async () => (await executions.get(ofService, id)).startedAt, {
        timeoutMs: 60_000,
        describe: `execution ${id} to start`,
      });
      return startedAt.getTime() - createdAt.getTime();
    };

    it("starts another service's run at once", async () => {
      const jobId = await createJob('small', {});
      expect(await startDelayMs('small', jobId)).toBeLessThan(SOON_MS);
      expect(await startDelayMs('small', jobId)).toBeLessThan(SOON_MS);
    });

    it('starts the run of another service whose job has a maxConcurrency', async () => {
      const jobId = await createJob('limited', { maxConcurrency: 1 });
      expect(await startDelayMs('limited', jobId)).toBeLessThan(SOON_MS);
    });

    it('starts the run of another service though its priority is lower', async () => {
      const jobId = await createJob('modest', { priority: 10 });
      expect(await startDelayMs('modest', jobId)).toBeLessThan(SOON_MS);
    });
  },
);
