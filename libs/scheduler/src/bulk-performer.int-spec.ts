import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import {
  type BulkOperation,
  BulkOperationsRepository,
  ExecutionDispatcher,
  type ExecutionState,
  scheduledForOf,
} from '@app/executions';
import { JobsService } from '@app/jobs';
import { Clock } from '@app/platform/clock';
import { aCall } from '../../../test/support/a-job.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { startFirer } from '../../../test/support/worker-under-test.js';
import { BulkPerformer } from './bulk-performer.js';

const HOUR_MS = 3_600_000;
const SERVICE = 'default';

type Row = { jobId: string; state: ExecutionState; service?: string; agoMs?: number; trigger?: string };

describe('bulk operations', () => {
  let database: TestDatabase;
  let app: INestApplicationContext;
  let operations: BulkOperationsRepository;
  let performer: BulkPerformer;
  let jobId: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    app = await startFirer(database);
    operations = app.get(BulkOperationsRepository, { strict: false });
    performer = aPerformer();
  }, 60_000);

  beforeEach(async () => {
    await query('TRUNCATE executions, bulk_operations');
    jobId = await createJob();
  });

  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  function aPerformer(): BulkPerformer {
    const dispatcher = app.get(ExecutionDispatcher, { strict: false });
    return new BulkPerformer(operations, dispatcher, app.get(Clock, { strict: false }));
  }

  function query<T>(sql: string, parameters: unknown[] = []): Promise<T[]> {
    return app.get(DataSource).query<T[]>(sql, parameters);
  }

  async function createJob(tags: string[] = []): Promise<string> {
    const job = await app.get(JobsService, { strict: false }).create(SERVICE, aCall(undefined, { tags }));
    return job.id;
  }

  /** As many executions as rows, `due_at` in an hour so that nobody dispatches them. @returns the ids */
  async function insert(count: number, { state, service = SERVICE, agoMs = 0, trigger, ...row }: Row) {
    const ids = Array.from({ length: count }, () => uuidv7({ msecs: Date.now() - agoMs }));
    const isOpen = ['pending', 'queued', 'running'].includes(state);
    await query(
      `INSERT INTO executions (id, scheduled_for, service, job_id, job_version, trigger, state, due_at, max_attempts,
                               finished_at, error, session_id, parameters)
       SELECT m.id, m.at, $3, $4, 1, $5, $6, now() + interval '1 hour', 1, CASE WHEN $7 THEN NULL ELSE now() END,
              CASE WHEN $7 OR $6 = 'succeeded' THEN NULL ELSE '{"type": "network", "message": "away"}'::jsonb END,
              CASE WHEN $6 = 'running' THEN gen_random_uuid() END, '{"kept": true}'
       FROM unnest($1::uuid[], $2::timestamptz[]) AS m(id, at)`,
      [ids, ids.map(scheduledForOf), service, row.jobId, trigger ?? 'manual', state, isOpen],
    );
    return ids;
  }

  type Ask = Pick<BulkOperation, 'action' | 'filter'> & Partial<Pick<BulkOperation, 'mayRunCommands'>>;

  const count = (ask: Ask, service = SERVICE) =>
    operations.count({ service, ...ask, createdAt: null, afterId: null });

  async function ask(asked: Ask, service = SERVICE): Promise<() => Promise<BulkOperation>> {
    const id = uuidv7();
    const matched = await count(asked, service);
    const by = { createdBy: 'ann', reason: 'cleaning up', mayRunCommands: true };
    await operations.transaction((tx) => operations.insert(tx, { ...by, ...asked, id, service, matched }));
    return async () => (await operations.find(service, id))!;
  }

  async function states(): Promise<Record<string, number>> {
    const rows = await query<{ state: string; rows: number }>(
      `SELECT state, count(*)::int AS rows FROM executions GROUP BY state`,
    );
    return Object.fromEntries(rows.map(({ state, rows: n }) => [state, n]));
  }

  it('cancel what waits at once, and ask the workers of what runs, batch by batch', async () => {
    await insert(5, { jobId, state: 'pending' });
    await insert(2, { jobId, state: 'queued' });
    const running = await insert(3, { jobId, state: 'running' });
    await insert(4, { jobId, state: 'succeeded' });
    const operation = await ask({ action: 'cancel', filter: { jobId } });
    expect(await operation()).toMatchObject({ state: 'pending', matched: 10, done: 0, startedAt: null });

    expect(await performer.performOpen(3)).toBe(10);
    expect(await operation()).toMatchObject({ state: 'succeeded', matched: 10, done: 10 });
    expect(await states()).toEqual({ cancelled: 7, running: 3, succeeded: 4 });
    const asked = await query<{ id: string }>(
      `SELECT id FROM executions WHERE state = 'running' AND cancel_requested_by = 'ann' AND cancel_reason = 'cleaning up'`,
    );
    expect(asked.map(({ id }) => id).sort()).toEqual(running.sort());
  });

  it('repeat no more within a minute than their service may start, and keep no other waiting', async () => {
    await query(`INSERT INTO services (slug, name, max_runs_per_minute) VALUES ('slow', 'slow', 3)`);
    const [slowJob] = await query<{ id: string }>(
      `INSERT INTO jobs SELECT (jsonb_populate_record(j, jsonb_build_object('id', gen_random_uuid(), 'service', 'slow'))).*
       FROM jobs j WHERE id = $1 RETURNING id`,
      [jobId],
    );
    await insert(5, { jobId: slowJob!.id, service: 'slow', state: 'failed' });
    await insert(4, { jobId, state: 'failed' });
    const slow = await ask({ action: 'retry', filter: { jobId: slowJob!.id } }, 'slow');
    const other = await ask({ action: 'retry', filter: { jobId } });

    await performer.performOpen();
    await performer.performOpen();
    expect(await slow()).toMatchObject({ state: 'running', matched: 5, done: 3 });
    expect(await other()).toMatchObject({ state: 'succeeded', done: 4 });
    await query(`UPDATE service_minutes SET minute = minute - interval '1 minute'`);
    await performer.performOpen();
    expect(await slow()).toMatchObject({ state: 'succeeded', done: 5 });
  });

  it('wait behind all others, however many of one service wait for its minute', async () => {
    await query(`INSERT INTO services (slug, name, max_runs_per_minute) VALUES ('none', 'none', 0)`);
    for (let waiting = 0; waiting < 21; waiting++) await ask({ action: 'retry', filter: {} }, 'none');
    await insert(2, { jobId, state: 'pending' });
    const other = await ask({ action: 'cancel', filter: { jobId } });
    for (let round = 0; round < 2; round++) await performer.performOpen();
    expect(await other()).toMatchObject({ state: 'succeeded', done: 2 });
  });

  it('leave alone what did not exist when they were asked for', async () => {
    await insert(2, { jobId, state: 'pending' });
    const operation = await ask({ action: 'cancel', filter: { jobId } });
    await query(`SELECT pg_sleep(0.005)`);
    await insert(1, { jobId, state: 'pending' });
    await performer.performOpen();
    expect(await operation()).toMatchObject({ state: 'succeeded', done: 2 });
    expect(await states()).toEqual({ cancelled: 2, pending: 1 });
  });

  it('act for their own service only', async () => {
    await insert(1, { jobId, state: 'pending', service: 'another' });
    const operation = await ask({ action: 'cancel', filter: { jobId } });
    await performer.performOpen();
    expect(await operation()).toMatchObject({ state: 'succeeded', matched: 0, done: 0 });
    expect(await states()).toEqual({ pending: 1 });
  });

  it.each<[string, (job: string) => BulkOperation['filter'], number]>([
    ['a job', (job) => ({ jobId: job }), 6],
    ['a state', () => ({ state: ['queued'] }), 1],
    ['a trigger', () => ({ trigger: ['backfill'] }), 2],
    ['a tag', () => ({ tag: 'billing' }), 4],
    ['from', () => ({ from: new Date(Date.now() - HOUR_MS).toISOString() }), 7],
    ['to', () => ({ to: new Date(Date.now() - HOUR_MS).toISOString() }), 3],
    ['several', (job) => ({ jobId: job, state: ['pending'], trigger: ['manual'] }), 3],
    ['a schedule that has none', () => ({ scheduleId: uuidv7() }), 0],
  ])('do to what a dry run counts, by %s', async (_what, filterOf, expected) => {
    await insert(3, { jobId, state: 'pending' });
    await insert(2, { jobId, state: 'pending', trigger: 'backfill' });
    await insert(1, { jobId, state: 'queued' });
    const tagged = await createJob(['billing']);
    await insert(1, { jobId: tagged, state: 'pending' });
    await insert(3, { jobId: tagged, state: 'pending', agoMs: 20 * 24 * HOUR_MS });

    const asked: Ask = { action: 'cancel', filter: filterOf(jobId) };
    expect(await count(asked)).toBe(expected);
    await ask(asked);
    expect(await performer.performOpen(2)).toBe(expected);
    expect((await states())['cancelled'] ?? 0).toBe(expected);
  });

  it('retry what ended badly, each once', async () => {
    const failed = await insert(3, { jobId, state: 'failed', agoMs: 9 * 24 * HOUR_MS });
    const timedOut = await insert(2, { jobId, state: 'timed_out', agoMs: HOUR_MS });
    const cancelled = await insert(2, { jobId, state: 'cancelled' });
    await insert(2, { jobId, state: 'succeeded' });
    await insert(2, { jobId, state: 'pending' });
    const operation = await ask({ action: 'retry', filter: { jobId } });
    expect(await performer.performOpen(3)).toBe(7);
    expect(await operation()).toMatchObject({ state: 'succeeded', matched: 7, done: 7 });

    const repetitions = await query<{ retry_of: string }>(
      `SELECT retry_of FROM executions
       WHERE trigger = 'retry' AND state IN ('pending', 'queued') AND parameters = '{"kept": true}' AND priority = 5`,
    );
    expect(repetitions.map((row) => row.retry_of).sort()).toEqual(
      [...failed, ...timedOut, ...cancelled].sort(),
    );
    expect(await count({ action: 'retry', filter: { jobId } })).toBe(0);
  });

  it('put many repetitions behind what is due by itself', async () => {
    await insert(101, { jobId, state: 'failed' });
    await ask({ action: 'retry', filter: { state: ['failed'] } });
    await performer.performOpen(50);
    expect(
      await query(
        `SELECT priority, count(*)::int AS rows FROM executions WHERE trigger = 'retry' GROUP BY 1`,
      ),
    ).toEqual([{ priority: 15, rows: 101 }]);
  });

  it('pass over runs whose job is gone, and say how many', async () => {
    await insert(2, { jobId, state: 'failed' });
    const deleted = await createJob();
    await insert(3, { jobId: deleted, state: 'failed' });
    await app.get(JobsService, { strict: false }).delete('default', deleted, null);
    const operation = await ask({ action: 'retry', filter: { state: ['failed'] } });
    await performer.performOpen();
    expect(await operation()).toMatchObject({ state: 'succeeded', matched: 5, done: 2 });
  });

  it('leave runs of what has become a command alone, where who asked may not run commands', async () => {
    await insert(2, { jobId, state: 'failed' });
    const changed = await createJob();
    await insert(3, { jobId: changed, state: 'failed' });
    const operation = await ask({ action: 'retry', filter: { state: ['failed'] }, mayRunCommands: false });
    await query(`UPDATE jobs SET target = '{"type": "command", "command": "true"}' WHERE id = '${changed}'`);
    await performer.performOpen();
    expect(await operation()).toMatchObject({ state: 'succeeded', matched: 5, done: 2 });
  });

  it('lose and double nothing when a worker dies in the middle of a batch', async () => {
    await insert(6, { jobId, state: 'failed' });
    const operation = await ask({ action: 'retry', filter: { jobId } });
    const dying = operations.transaction(async (tx) => {
      const locked = await operations.lockNext(tx);
      const batch = await operations.retryBatch(tx, locked!, 4, new Date());
      await operations.recordProgress(tx, locked!.id, batch);
      throw new Error('killed');
    });
    await expect(dying).rejects.toThrow('killed');
    expect(await operation()).toMatchObject({ state: 'pending', done: 0 });

    expect(await performer.performOpen(4)).toBe(6);
    expect(await operation()).toMatchObject({ state: 'succeeded', done: 6 });
    expect(await states()).toMatchObject({ failed: 6 });
    expect(await query(`SELECT 1 FROM executions WHERE trigger = 'retry'`)).toHaveLength(6);
  });

  it('are shared by workers without doing anything twice', async () => {
    await insert(40, { jobId, state: 'failed' });
    const twins = [
      await ask({ action: 'retry', filter: { jobId } }),
      await ask({ action: 'retry', filter: { state: ['failed'] } }),
    ];
    const workers = [performer, aPerformer(), aPerformer()];
    await Promise.all(workers.map((worker) => worker.performOpen(5)));
    await performer.performOpen();
    const done = await Promise.all(twins.map(async (operation) => (await operation()).done));
    expect(done[0]! + done[1]!).toBe(40);
    expect(await query(`SELECT DISTINCT retry_of FROM executions WHERE trigger = 'retry'`)).toHaveLength(40);
    expect(await query(`SELECT 1 FROM executions WHERE trigger = 'retry'`)).toHaveLength(40);
  });

  it('come back to an execution that somebody held just then', async () => {
    const [held] = await insert(3, { jobId, state: 'pending' });
    const operation = await ask({ action: 'cancel', filter: { jobId } });
    await app.get(DataSource).transaction(async (tx) => {
      await tx.query('SELECT 1 FROM executions WHERE id = $1 FOR UPDATE', [held]);
      expect(await performer.performOpen()).toBe(2);
      expect(await operation()).toMatchObject({ state: 'running', done: 2 });
    });
    expect(await performer.performOpen()).toBe(1);
    expect(await operation()).toMatchObject({ state: 'succeeded', done: 3 });
  });

  it('stop where they are when they are cancelled', async () => {
    await insert(30, { jobId, state: 'pending' });
    const operation = await ask({ action: 'cancel', filter: { jobId } });
    const done = await performer.performOpen(1);
    expect(done).toBeLessThan(30);
    const { id } = await operation();
    expect(await operations.transaction((tx) => operations.cancel(tx, SERVICE, id))).toBe(true);
    expect(await performer.performOpen()).toBe(0);
    expect(await operation()).toMatchObject({ state: 'cancelled', done, finishedAt: expect.any(Date) });
    expect(await states()).toEqual({ cancelled: done, pending: 30 - done });
  });
});
