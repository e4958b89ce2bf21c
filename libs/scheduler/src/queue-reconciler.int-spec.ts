import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { ExecutionsQueue, DispatchRepository, ExecutionsService, runKeyOf } from '@app/executions';
import { JobsService } from '@app/jobs';
import { aCall } from '../../../test/support/a-job.js';
import { flushQueue } from '../../../test/support/flush-queue.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { queueBackendsUnderTest } from '../../../test/support/test-redis.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { startFirer } from '../../../test/support/worker-under-test.js';
import { QueueReconciler } from './queue-reconciler.js';

describe.each(queueBackendsUnderTest())('the reconciler, on the %s queue', (backend) => {
  let database: TestDatabase;
  /** Stores and hands over; nobody takes a message. */
  let api: INestApplicationContext;
  let queue: ExecutionsQueue;
  let dispatches: DispatchRepository;
  let reconciler: QueueReconciler;
  let jobId: string;

  beforeEach(async () => {
    database = await createTestDatabase();
    await flushQueue(backend);
    api = await startFirer(database, backend);
    queue = api.get(ExecutionsQueue, { strict: false });
    dispatches = api.get(DispatchRepository, { strict: false });
    reconciler = new QueueReconciler(dispatches, queue);
    jobId = await createJob();
  });

  afterEach(async () => {
    await api.close();
    await database.drop();
  });

  const createJob = async (): Promise<string> => {
    const job = await api.get(JobsService, { strict: false }).create('default', aCall());
    return job.id;
  };

  const query = <Row>(sql: string) => api.get(DataSource).query<Row[]>(sql);

  /** Runs, however many of them a message carries. */
  const sizeOfQueue = async (): Promise<number> => (await queue.runKeys()).size;

  /** Executed now, and handed over long enough ago to be looked for. */
  const queued = async (count: number): Promise<void> => {
    const service = api.get(ExecutionsService, { strict: false });
    const size = await sizeOfQueue();
    for (let done = 0; done < count; done++)
      await service.execute('default', jobId, { parameters: {}, traceparent: null });
    await waitFor(async () => (await sizeOfQueue()) === size + count, { describe: 'the hand-over' });
    await waitFor(
      async () => (await query(`SELECT id FROM executions WHERE state <> 'queued'`)).length === 0,
    );
    await query(`UPDATE executions SET queued_at = now() - interval '1 minute'`);
  };

  it('hands over again what was lost, though as many stale messages are in the queue', async () => {
    await queued(3);
    await flushQueue(backend, database);
    const stale = Array.from({ length: 5 }, () => ({ id: uuidv7(), delivery: 1 }));
    await queue.add(stale.map((message) => ({ ...message, service: 'default', priority: 5 })));

    expect(await reconciler.reconcile()).toBe(3);
    expect(await sizeOfQueue()).toBe(8);
  });

  it('hands over only what is missing, and the message of the delivery that the row is at', async () => {
    await queued(2);
    const [row] = await query<{ id: string }>(`SELECT id FROM executions LIMIT 1`);
    await query(`UPDATE executions SET delivery = 2 WHERE id = '${row!.id}'`);

    expect(await reconciler.reconcile()).toBe(1);
    expect(await queue.runKeys()).toContain(runKeyOf({ id: row!.id, delivery: 2 }));
  });

  it('hands nothing over twice, while the backlog grows', async () => {
    const added: number[] = [];
    for (const grown of [3, 5, 7]) {
      await queued(grown);
      added.push(await reconciler.reconcile());
    }
    expect(added).toEqual([0, 0, 0]);
    expect(await sizeOfQueue()).toBe(15);
  });

  it('is one of several workers, and what all of them miss is handed over once', async () => {
    await queued(5);
    await flushQueue(backend, database);
    const others = Array.from({ length: 3 }, () => new QueueReconciler(dispatches, queue));

    const added = await Promise.all([reconciler, ...others].map((one) => one.reconcile()));
    expect(added.reduce((sum, count) => sum + count)).toBe(5);
    expect(await queue.size()).toBe(await messagesOfOneHandOver(5));
  });

  /** As many messages as a hand-over of so many runs makes in an empty queue. */
  const messagesOfOneHandOver = async (runs: number): Promise<number> => {
    await flushQueue(backend, database);
    await queue.add(
      Array.from({ length: runs }, () => ({ id: uuidv7(), delivery: 1, service: 'default', priority: 5 })),
    );
    return queue.size();
  };

  it('hands nothing over that was on its way from one message to another at the first look', async () => {
    await queued(3);
    jest.spyOn(queue, 'runKeys').mockResolvedValueOnce(new Set());
    const size = await queue.size();
    expect(await reconciler.reconcile()).toBe(0);
    expect(await queue.size()).toBe(size);
  });

  it('hands nothing over that was taken since the first look', async () => {
    await queued(3);
    await flushQueue(backend, database);
    const look = queue.runKeys.bind(queue);
    jest
      .spyOn(queue, 'runKeys')
      .mockImplementationOnce(look)
      .mockImplementationOnce(async () => {
        await query(
          `UPDATE executions SET state = 'cancelled', cancel_requested_at = now(), finished_at = now()`,
        );
        return look();
      });
    expect(await reconciler.reconcile()).toBe(0);
    expect(await sizeOfQueue()).toBe(0);
  });
});
