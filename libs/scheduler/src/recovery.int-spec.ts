import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { DispatchRepository, ExecutionDispatcher, ExecutionsQueue, ExecutionsService } from '@app/executions';
import { type JobSpec, JobsService } from '@app/jobs';
import { aCall } from '../../../test/support/a-job.js';
import { flushQueue } from '../../../test/support/flush-queue.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { TargetServer } from '../../../test/support/target-server.js';
import { queueBackendsUnderTest } from '../../../test/support/test-redis.js';
import { waitFor } from '../../../test/support/wait-for.js';
import { startFirer, startWorker } from '../../../test/support/worker-under-test.js';

/** To whoever settles. A sequence counts the refusals: nothing else outlives the transaction. */
const ANSWER_AS_A_FULL_DISK = `
  CREATE SEQUENCE refusals;
  CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    PERFORM nextval('refusals');
    RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = '53100';
  END $$;
  CREATE TRIGGER full_disk BEFORE UPDATE ON executions
    FOR EACH ROW WHEN (NEW.state = 'succeeded') EXECUTE FUNCTION refuse()`;
/** By the function alone: to drop the trigger would lock every partition, and a worker that is at work has others of them. */
const HAVE_SPACE = `
  CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'`;
const REFUSALS = `SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS n FROM refusals`;

describe.each(queueBackendsUnderTest())('recovery, on the %s queue', (backend) => {
  let database: TestDatabase;
  let target: TargetServer;
  /** Stores and dispatches, but has no loops and runs nothing. */
  let api: INestApplicationContext;
  let worker: INestApplicationContext | null;

  beforeEach(async () => {
    database = await createTestDatabase();
    target = await TargetServer.start();
    await flushQueue(backend);
    api = await startFirer(database, backend);
    worker = null;
  });

  afterEach(async () => {
    await worker?.close();
    await api.close();
    await target.stop();
    await database.drop();
  });

  const executions = () => api.get(ExecutionsService, { strict: false });
  const query = <Row>(sql: string, parameters: unknown[] = []) =>
    api.get(DataSource).query<Row[]>(sql, parameters);

  const executed = async (path: string, more: Partial<JobSpec> = {}): Promise<string> => {
    const job = await api
      .get(JobsService, { strict: false })
      .create('default', aCall(target.url(path), more));
    const { id } = await executions().execute('default', job.id, { parameters: {}, traceparent: null });
    return id;
  };

  const inState = (id: string, state: string) =>
    waitFor(
      async () => {
        const execution = await executions().get('default', id);
        return execution.state === state && execution;
      },
      { timeoutMs: 30_000, describe: `execution ${id} to be ${state}` },
    );

  /** As a worker leaves it that was killed right after its claim. */
  const claimedByDeadWorker = async (id: string): Promise<void> => {
    const sessionId = uuidv7();
    await query(
      `INSERT INTO worker_sessions (id, hostname, pid, version, concurrency, expires_at)
       VALUES ($1, 'gone', 1, '0', 1, now() - interval '1 second')`,
      [sessionId],
    );
    await query(
      `UPDATE executions SET state = 'running', session_id = $2, attempt = attempt + 1, started_at = now(),
                             attempt_started_at = now() WHERE id = $1`,
      [id, sessionId],
    );
  };

  it('runs what was committed but never handed over', async () => {
    const id = await executed('/lost-hand-over');
    await inState(id, 'queued');
    await flushQueue(backend, database);
    await query(`UPDATE executions SET queued_at = queued_at - interval '1 minute'`);

    worker = await startWorker(database, backend);
    expect(await inState(id, 'succeeded')).toMatchObject({ attempt: 1, delivery: 1 });
    expect(target.requestsTo('/lost-hand-over')).toHaveLength(1);
  });

  it('adds a message again without a second run when the queue still had it', async () => {
    const id = await executed('/twice');
    await inState(id, 'queued');
    const queue = api.get(ExecutionsQueue, { strict: false });
    await queue.add([{ id, delivery: 1, service: 'default', priority: 5 }]);
    expect(await queue.size()).toBe(1);

    worker = await startWorker(database, backend);
    await inState(id, 'succeeded');
    await queue.add([{ id, delivery: 1, service: 'default', priority: 5 }]);
    await waitFor(async () => (await queue.size()) === 0, { describe: 'the stale message to be taken' });
    expect(target.requestsTo('/twice')).toHaveLength(1);
  });

  it('gives a run of a dead worker to a living one, as an attempt that does not count', async () => {
    const id = await executed('/rescued');
    await inState(id, 'queued');
    await claimedByDeadWorker(id);

    worker = await startWorker(database, backend);
    const execution = await inState(id, 'succeeded');
    expect(execution).toMatchObject({ attempt: 2, maxAttempts: 1, lostCount: 1 });
    expect(execution.attempts.map(({ attempt, outcome }) => ({ attempt, outcome }))).toEqual([
      { attempt: 1, outcome: 'lost' },
      { attempt: 2, outcome: 'succeeded' },
    ]);
    expect(target.requestsTo('/rescued').map(({ headers }) => headers['x-scheduler-attempt'])).toEqual(['2']);
  });

  it('fails a lost run of an at-most-once job as worker_lost', async () => {
    const id = await executed('/once', { deliveryGuarantee: 'at_most_once' });
    await inState(id, 'queued');
    await claimedByDeadWorker(id);

    worker = await startWorker(database, backend);
    expect(await inState(id, 'failed')).toMatchObject({ error: { type: 'worker_lost' } });
    expect(target.requestsTo('/once')).toHaveLength(0);
  });

  it('records a cancel as forced when its worker died with the run', async () => {
    const id = await executed('/cancelled-with-its-worker');
    await inState(id, 'queued');
    await claimedByDeadWorker(id);
    await executions().cancel('default', id, 'ann', 'a mistake');

    worker = await startWorker(database, backend);
    expect(await inState(id, 'cancelled')).toMatchObject({
      cancelRequestedBy: 'ann',
      cancelReason: 'a mistake',
      cancelDeliveredAt: null,
      cancelAcknowledgedAt: null,
      cancelForcedAt: expect.any(Date),
    });
  });

  it('gives up on a run that took three workers down with it', async () => {
    const id = await executed('/poison');
    await inState(id, 'queued');
    await claimedByDeadWorker(id);
    await query(`UPDATE executions SET lost_count = 2`);

    worker = await startWorker(database, backend);
    expect(await inState(id, 'failed')).toMatchObject({ lostCount: 3, error: { type: 'worker_lost' } });
  });

  it('keeps the result of a run until a full disk has space for it', async () => {
    await query(ANSWER_AS_A_FULL_DISK);
    worker = await startWorker(database, backend);
    const id = await executed('/full-disk');
    await waitFor(async () => (await query<{ n: string }>(REFUSALS))[0]?.n !== '0', {
      timeoutMs: 30_000,
      describe: 'a settle to be refused',
    });
    await query(HAVE_SPACE);

    expect(await inState(id, 'succeeded')).toMatchObject({ attempt: 1 });
    expect(target.requestsTo('/full-disk')).toHaveLength(1);
  });

  it('takes back what the queue refuses, and keeps it due', async () => {
    const id = await executed('/refused');
    await inState(id, 'queued');
    const dispatches = api.get(DispatchRepository, { strict: false });
    await dispatches.takeBack([{ id, delivery: 1, service: 'default', priority: 5 }]);
    expect(await executions().get('default', id)).toMatchObject({ state: 'pending', delivery: 1 });

    expect(await api.get(ExecutionDispatcher, { strict: false }).dispatchDue()).toBe(1);
    expect(await executions().get('default', id)).toMatchObject({ state: 'queued', delivery: 2 });
  });
});
