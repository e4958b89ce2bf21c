import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ExecutionsService } from '@app/executions';
import { JobsService } from '@app/jobs';
import { aCall } from '../../../test/support/a-job.js';
import { flushQueue } from '../../../test/support/flush-queue.js';
import { TargetServer } from '../../../test/support/target-server.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { queueBackendsUnderTest } from '../../../test/support/test-redis.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { startFirer, startWorker } from '../../../test/support/worker-under-test.js';

const RUNS = 40;
const COUNTS_THAT_WAIT = `
  SELECT count(*)::int AS n FROM pg_stat_activity
  WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%service_storage%'`;

describe.each(queueBackendsUnderTest())('a worker that shuts down, on the %s queue', (backend) => {
  let database: TestDatabase;
  let target: TargetServer;
  let api: INestApplicationContext;

  beforeAll(async () => {
    database = await createTestDatabase();
    target = await TargetServer.start();
    await flushQueue(backend);
    api = await startFirer(database, backend);
  }, 60_000);

  afterAll(async () => {
    await api.close();
    await target.stop();
    await database.drop();
  });

  const executions = () => api.get(ExecutionsService, { strict: false });

  it('takes nothing more, however long what its upkeep has begun may take', async () => {
    const dataSource = api.get(DataSource);
    const lock = dataSource.createQueryRunner();
    await lock.startTransaction();
    await lock.query('LOCK TABLE service_storage IN EXCLUSIVE MODE');
    const leaving = await startWorker(database, backend);
    const counts = async () => (await dataSource.query<[{ n: number }]>(COUNTS_THAT_WAIT))[0].n;
    await waitFor(async () => (await counts()) === 1, { describe: 'a count to be under way' });
    const gone = leaving.close();
    const staying = await startWorker(database, backend);

    const job = await api.get(JobsService, { strict: false }).create('default', aCall(target.url('/shared')));
    const request = { parameters: {}, traceparent: null };
    const asked = Array.from({ length: RUNS }, () => executions().execute('default', job.id, request));
    const workers = await Promise.all((await Promise.all(asked)).map(({ id }) => workerOf(id)));
    expect(new Set(workers).size).toBe(1);

    await lock.rollbackTransaction();
    await lock.release();
    await Promise.all([gone, staying.close()]);
  }, 60_000);

  function workerOf(id: string): Promise<string> {
    const ended = async () => {
      const { state, attempts } = await executions().get('default', id);
      return state === 'succeeded' && attempts[0]?.workerId;
    };
    return waitFor(ended, { timeoutMs: 20_000, describe: `execution ${id} to succeed` });
  }
});
