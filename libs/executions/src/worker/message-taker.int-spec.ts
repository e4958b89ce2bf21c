import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { getQueueToken } from '@nestjs/bullmq';
import type { INestApplicationContext } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { DataSource } from 'typeorm';
import { ExecutionDispatcher, ExecutionsQueue, ExecutionsService, runKeyOf } from '@app/executions';
import { JobsService } from '@app/jobs';
import { aCall } from '../../../../test/support/a-job.js';
import { flushQueue } from '../../../../test/support/flush-queue.js';
import { seedWaiting } from '../../../../test/support/seed-waiting.js';
import { TargetServer } from '../../../../test/support/target-server.js';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/test-database.js';
import { queueBackendsUnderTest } from '../../../../test/support/test-redis.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { startFirer, startWorker } from '../../../../test/support/worker-under-test.js';

jest.setTimeout(60_000);

/** As many as one message carries. */
const RUNS = 16;

describe.each(queueBackendsUnderTest())('a message of many runs, on the %s queue', (backend) => {
  let database: TestDatabase;
  let target: TargetServer;
  /** Stores and dispatches, but has no loops and runs nothing. */
  let api: INestApplicationContext;
  let queue: ExecutionsQueue;
  let workers: INestApplicationContext[];
  let jobId: string;

  beforeEach(async () => {
    [database, target] = await Promise.all([createTestDatabase(), TargetServer.start()]);
    await flushQueue(backend);
    api = await startFirer(database, backend);
    queue = api.get(ExecutionsQueue, { strict: false });
    workers = [];
    const jobs = api.get(JobsService, { strict: false });
    jobId = (await jobs.create('default', aCall(target.url('/'), { timeoutMs: 60_000 }))).id;
  });

  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.close()));
    await api.close();
    await target.stop();
    await database.drop();
  });

  const startOne = async (slots: number): Promise<INestApplicationContext> => {
    const worker = await startWorker(database, backend, { WORKER_CONCURRENCY: String(slots) });
    workers.push(worker);
    return worker;
  };

  const query = <Row>(sql: string) => api.get(DataSource).query<Row[]>(sql);

  const count = async (where: string): Promise<number> =>
    (await query<{ n: number }>(`SELECT count(*)::int AS n FROM executions WHERE ${where}`))[0]!.n;

  const until = (where: string, expected: number) =>
    waitFor(async () => (await count(where)) === expected, {
      timeoutMs: 30_000,
      describe: `${expected} executions with ${where}`,
    });

  const execute = (id = jobId) =>
    api
      .get(ExecutionsService, { strict: false })
      .execute('default', id, { parameters: {}, traceparent: null });

  /** Queued, and all in one message. */
  const inOneMessage = async (): Promise<void> => {
    for (let done = 0; done < RUNS; done++) await execute();
    await until(`state = 'queued'`, RUNS);
    await waitFor(async () => (await queue.runKeys()).size === RUNS);
    await flushQueue(backend, database);
    const rows = await query<{ id: string; delivery: number }>(`SELECT id, delivery FROM executions`);
    const runs = rows.map(({ id, delivery }) => ({ executionId: id, delivery }));
    await addMessage({ runs }, rows.map(runKeyOf).join('_'));
  };

  const addMessage = (data: object, jobId: string) =>
    api.get<Queue>(getQueueToken('executions'), { strict: false }).add('run', data, { jobId, priority: 1 });

  it('lets all of them begin where slots are free, and goes when they are claimed', async () => {
    const end = target.hold('/');
    await inOneMessage();
    await startOne(RUNS + 1);
    await target.waitForRequests('/', RUNS);
    await waitFor(async () => (await queue.size()) === 0, { describe: 'the message to go' });
    expect(await count(`state = 'running'`)).toBe(RUNS);
    end();
    await until(`state = 'succeeded' AND attempt = 1`, RUNS);
    expect(target.requests).toHaveLength(RUNS);
  });

  it('passes on what finds no slot to a worker that has one', async () => {
    const end = target.hold('/');
    await inOneMessage();
    await startOne(2);
    await target.waitForRequests('/', 2);
    await startOne(40);
    await target.waitForRequests('/', RUNS);
    end();
    await until(`state = 'succeeded' AND attempt = 1 AND delivery = 1`, RUNS);
    expect(target.requests).toHaveLength(RUNS);
  });

  it('is left to a worker that has a slot by all that are full', async () => {
    const end = target.hold('/');
    const full = await Promise.all([startOne(2), startOne(2), startOne(1)]);
    for (let done = 0; done < 5; done++) await execute();
    await target.waitForRequests('/', 5);
    const passedOn = full.map((worker) =>
      jest.spyOn(worker.get(ExecutionsQueue, { strict: false }), 'passOn'),
    );
    await startOne(5);

    const quick = aCall(target.url('/quick'), { name: 'quick' });
    const { id } = await api.get(JobsService, { strict: false }).create('default', quick);
    for (let done = 1; done <= 20; done++) {
      await execute(id);
      await until(`state = 'succeeded' AND attempt = 1 AND delivery = 1`, done);
    }
    for (const spy of passedOn) expect(spy).not.toHaveBeenCalled();
    end();
    await until(`state = 'succeeded'`, 25);
  });

  it('is run by one worker alone, a slot at a time', async () => {
    target.answer('/', { delayMs: 80 });
    await inOneMessage();
    await startOne(1);
    await until(`state = 'succeeded' AND attempt = 1 AND delivery = 1`, RUNS);
    const arrivals = target.requests.map(({ arrivedAtMs }) => arrivedAtMs);
    const pauses = arrivals.slice(1).map((at, index) => at - arrivals[index]!);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(75);
  });

  it('leaves what has not begun to others when its worker is stopped', async () => {
    const end = target.hold('/');
    await inOneMessage();
    const stopped = await startOne(4);
    await target.waitForRequests('/', 4);
    workers = [];
    await stopped.close();
    const begun = target.requests.length;
    expect(await count(`state = 'queued' AND attempt = 0 AND delivery = 1`)).toBe(RUNS - begun);

    end();
    await startOne(RUNS);
    await until(`state = 'succeeded'`, RUNS);
    expect(await count(`released_count = 1`)).toBe(begun);
    expect(target.requests).toHaveLength(RUNS + begun);
  });

  it('is handed over again where it was passed on and lost, while the run that came with it goes on', async () => {
    const end = target.hold('/');
    const allOthers = async () => (await queue.runKeys()).size === RUNS - 1;
    await inOneMessage();
    await startOne(1);
    await target.waitForRequests('/', 1);
    await waitFor(allOthers, { describe: 'the others to be passed on' });
    await flushQueue(backend, database);
    await waitFor(allOthers, { timeoutMs: 30_000, describe: 'the others to be handed over again' });
    end();
    await until(`state = 'succeeded' AND attempt = 1 AND delivery = 1`, RUNS);
    expect(target.requests).toHaveLength(RUNS);
  });

  it('takes no slot with it when it names no execution', async () => {
    for (let sent = 0; sent < 5; sent++) await addMessage({ runs: [] }, `none-${sent}`);
    await startOne(2);
    await waitFor(async () => (await queue.size()) === 0, { describe: 'them to be refused' });
    const end = target.hold('/');
    for (let done = 0; done < 3; done++) await execute();
    await target.waitForRequests('/', 2);
    end();
    await until(`state = 'succeeded' AND attempt = 1`, 3);
    expect(target.mostUnderWay).toBe(2);
  });

  it('of a flood never has more runs under way than there are slots, and loses and doubles none', async () => {
    target.answer('/', { delayMs: 5 });
    await seedWaiting(api.get(DataSource), jobId, 1_500);
    await api.get(ExecutionDispatcher, { strict: false }).dispatchDue();
    expect(await queue.size()).toBeLessThan(200);
    await Promise.all([startOne(7), startOne(1)]);
    await until(`state = 'succeeded' AND attempt = 1`, 1_500);
    expect(target.requests).toHaveLength(1_500);
    expect(target.mostUnderWay).toBeLessThanOrEqual(8);
    expect(target.mostUnderWay).toBeGreaterThan(1);
    await waitFor(async () => (await queue.size()) === 0, { describe: 'the last message to go' });
  });
});
