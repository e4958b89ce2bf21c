import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { v7 as uuidv7 } from 'uuid';
import { useDatabase } from '../../../test/support/use-database.js';
import { cancelMatching, countMatching, pickRetryable } from './bulk/bulk-operations.sql.js';
import type { BulkOperation } from './bulk/domain/bulk-operation.js';
import * as dispatch from './dispatch/dispatch.sql.js';
import { scheduledForOf } from './domain/execution-id.js';
import type { ExecutionState } from './domain/execution-state.js';
import { CANCEL_PENDING_OF_JOB, CANCEL_UNFINISHED_OF_SCHEDULES } from './executions.sql.js';
import { type HistoryFilter, listExecutions } from './history/history.sql.js';
import { planOf, type QueryPlan } from './testing/query-plan.js';
import { CANCEL_REQUESTED, CLAIM, SETTLE } from './worker/claims.sql.js';

/** The dearest of them took 340 pages when this was written, most less than 100; without their indexes they took thousands. */
const MAX_BUFFERS = 600;

/** A month of one service: a run every twelve seconds, one in a thousand of them failed, one in a hundred of one job. */
const HISTORY = 200_000;
const PAGE = 51;

/**
 * All that the worker does for each run, and the lists that people look at, read pages as the page and the work in hand ask
 * for, however long the history.
 */
describe('beside 200,000 executions of the past month', () => {
  const service = 'default';
  const [jobId, scheduleId, sessionId] = [randomUUID(), randomUUID(), uuidv7()];
  const { dataSource } = useDatabase({ mayTakeLong: true });

  beforeAll(async () => {
    await insertHistory();
    await insertJobAndSession();
    for (const state of ['pending', 'queued', 'running'] as const) await insertActive(state, 100);
    await dataSource.query('VACUUM ANALYZE executions');
  }, 180_000);

  async function insertHistory(): Promise<void> {
    await dataSource.query(
      `SELECT ensure_weekly_partitions('executions', now() - interval '35 days', now() + interval '28 days')`,
    );
    await dataSource.query(
      `INSERT INTO executions (id, scheduled_for, service, job_id, job_version, schedule_id, trigger, state, due_at, max_attempts,
                               finished_at, error)
       SELECT id, uuid_extract_timestamp(id), $1, CASE WHEN mine THEN $2::uuid ELSE gen_random_uuid() END, 1,
              CASE WHEN mine THEN $3::uuid END, 'schedule', CASE WHEN failed THEN 'failed' ELSE 'succeeded' END, now(), 1, now(),
              CASE WHEN failed THEN '{"type": "network", "message": "away"}'::jsonb END
       FROM (SELECT uuidv7((n - $4) * interval '12 seconds' - interval '1 hour') AS id, n % 100 = 0 AS mine, n % 1000 = 0 AS failed
             FROM generate_series(1, $4::integer) n) AS rows`,
      [service, jobId, scheduleId, HISTORY],
    );
  }

  async function insertJobAndSession(): Promise<void> {
    await dataSource.query(
      `INSERT INTO jobs (id, name, target, retry_policy, timeout_ms, priority, delivery_guarantee)
       VALUES ($1, 'hot', '{}', '{"maxAttempts": 1}', 1000, 5, 'at_least_once')`,
      [jobId],
    );
    await dataSource.query(
      `INSERT INTO worker_sessions (id, hostname, pid, version, concurrency, expires_at)
       VALUES ($1, 'here', 1, '0', 1, now() + interval '1 hour')`,
      [sessionId],
    );
  }

  /** Anywhere in the month: what waits or runs is not always what is newest. */
  async function insertActive(state: ExecutionState, count: number): Promise<void> {
    await dataSource.query(
      `INSERT INTO executions (id, scheduled_for, service, job_id, job_version, trigger, state, due_at, max_attempts, session_id)
       SELECT id, uuid_extract_timestamp(id), $1, $2, 1, 'manual', $3, now(), 1, CASE WHEN $3 = 'running' THEN $5::uuid END
       FROM (SELECT uuidv7(-n * interval '6 hours') AS id FROM generate_series(1, $4::integer) n) AS rows`,
      [service, jobId, state, count, sessionId],
    );
  }

  async function idsIn(state: ExecutionState, count: number): Promise<string[]> {
    const sql = `SELECT id FROM executions WHERE phase <> 'final' AND state = $1 LIMIT $2`;
    return (await dataSource.query<{ id: string }[]>(sql, [state, count])).map(({ id }) => id);
  }

  function expectFrugal(plan: QueryPlan, ...indexes: (string | RegExp)[]): void {
    expect(plan.nodeTypes).not.toContain('Seq Scan');
    expect(plan.buffers).toBeLessThanOrEqual(MAX_BUFFERS);
    for (const index of indexes)
      expect([...plan.indexes]).toEqual(expect.arrayContaining([expect.stringMatching(index)]));
  }

  it.each<[string, HistoryFilter, RegExp]>([
    ['all', {}, /^executions_(listed|pkey)$/],
    ['a job', { jobId }, /^executions_of_job$/],
    ['a schedule', { scheduleId }, /^executions_slot$/],
    ['all that failed', { states: ['failed'] }, /^executions_retryable_ends$/],
    [
      'a job that failed or timed out',
      { jobId, states: ['failed', 'timed_out'] },
      /^executions_retryable_ends_of_job$/,
    ],
    ['a schedule that failed', { scheduleId, states: ['failed'] }, /^executions_retryable_ends_of_schedule$/],
    ['a state that none has', { states: ['missed'] }, /^executions_bad_ends$/],
    ['all that run', { states: ['running'] }, /^executions_open$/],
    ['a job that waits', { jobId, states: ['pending', 'queued'] }, /^executions_open$/],
  ])('the list of %s reads a page by the index made for it', async (_what, filter, index) => {
    const { sql, parameters, preparedAs } = listExecutions(service, filter, { limit: PAGE });
    const prepared = preparedAs !== undefined;
    expectFrugal(await planOf(dataSource, sql, parameters, { prepared }), index);
  });

  it.each<[string, HistoryFilter]>([
    ['all', {}],
    ['a job', { jobId }],
    ['a schedule', { scheduleId }],
    ['all that failed', { states: ['failed'] }],
  ])('a page from the middle of the list of %s costs as little', async (_what, filter) => {
    const beforeId = uuidv7({ msecs: Date.now() - 14 * 86_400_000 });
    const { sql, parameters, preparedAs } = listExecutions(service, filter, { limit: PAGE, beforeId });
    const prepared = preparedAs !== undefined;
    expectFrugal(await planOf(dataSource, sql, parameters, { prepared }));
  });

  it.each<[string, HistoryFilter]>([
    ['all', {}],
    ['a job', { jobId }],
    ['a schedule', { scheduleId }],
  ])('the first page of the list of %s is planned once for all who read it', async (_what, filter) => {
    const { sql, parameters } = listExecutions(service, filter, { limit: PAGE });
    const runner = dataSource.createQueryRunner();
    await runner.query(`PREPARE page AS ${sql}`);
    const read = `EXECUTE page (${parameters.map((value) => `'${String(value)}'`).join(', ')})`;
    for (let reads = 0; reads < 8; reads++) await runner.query(read);
    const plans: unknown = await runner.query(
      'SELECT custom_plans, generic_plans FROM pg_prepared_statements',
    );
    await runner.query('DEALLOCATE page');
    await runner.release();
    // The server tries five plans for the values at hand before it compares them with one for all.
    expect(plans).toMatchObject([{ custom_plans: '5', generic_plans: '3' }]);
  });

  it('a claim reads by the primary key only', async () => {
    const ids = await idsIn('queued', 10);
    const parameters = [ids, ids.map(scheduledForOf), ids.map(() => 0), sessionId];
    const plan = await planOf(dataSource, CLAIM, parameters, { prepared: true });
    expectFrugal(plan);
    expect([...plan.indexes]).toEqual(['executions_pkey']);
  });

  it('a settle reads by the primary key, and looks for what is held in its own index', async () => {
    const ids = await idsIn('running', 10);
    const allOf = (value: unknown) => ids.map(() => value);
    const columns = [
      ids,
      ids.map(scheduledForOf),
      allOf(0),
      allOf(sessionId),
      allOf('succeeded'),
      allOf(0),
      allOf(0),
      allOf('{"output": ""}'),
      allOf(null),
      allOf('{}'),
      allOf(null),
    ];
    const plan = await planOf(dataSource, SETTLE, columns, { prepared: true });
    expectFrugal(plan, 'executions_pkey', 'executions_held');
  });

  it.each<[string, string, unknown[], string]>([
    ['in order', dispatch.DISPATCH_DUE, [10], 'executions_due'],
    ['in shares', dispatch.DISPATCH_SHARES, [10, []], 'executions_due_of_service'],
  ])('a dispatch %s finds what is due by its index', async (_what, sql, parameters, index) => {
    expectFrugal(await planOf(dataSource, sql, parameters), index);
  });

  it.each<[string, string, unknown[], string]>([
    ['what is due next', dispatch.UNTIL_DUE, [20], 'executions_due'],
    ['which jobs hold runs back', dispatch.LOCK_JOBS_ON_HOLD, [[]], 'executions_held'],
    ['whether anything is held back', dispatch.FIRST_ON_HOLD, [], 'executions_held'],
    ['which buffered runs may go on', dispatch.RELEASE_OVERLAP_HOLDS, [], 'executions_buffered'],
    ['what was handed over and not taken', dispatch.QUEUED_BEFORE, [0], 'executions_open'],
    ['whether anything was handed over and not taken', dispatch.IS_ANY_QUEUED_BEFORE, [0], 'executions_open'],
    ['what somebody wants ended', CANCEL_REQUESTED, [sessionId], 'executions_cancelling'],
  ])('%s is found in an index of few rows', async (_what, sql, parameters, index) => {
    expectFrugal(await planOf(dataSource, sql, parameters), index);
  });

  it.each<[string, string, () => unknown[]]>([
    ['what waits of a deleted job', CANCEL_PENDING_OF_JOB, () => [jobId, service, 10]],
    ['what a schedule has under way', CANCEL_UNFINISHED_OF_SCHEDULES, () => [[scheduleId], [jobId]]],
  ])('a cancel of %s walks over nothing else', async (_what, sql, parameters) => {
    expectFrugal(await planOf(dataSource, sql, parameters()), 'executions_open');
  });

  it.each<[BulkOperation['action'], string]>([
    ['cancel', 'executions_open'],
    ['retry', 'executions_retryable_ends_of_job'],
  ])('a bulk %s counts and takes its executions by the same index', async (action, index) => {
    const operation = {
      service,
      action,
      filter: { jobId },
      createdAt: new Date(),
      afterId: null,
      createdBy: 'ann',
      reason: null,
    } as BulkOperation;
    const counted = countMatching(operation);
    expectFrugal(await planOf(dataSource, counted.sql, counted.parameters), index);
    const batch = action === 'cancel' ? cancelMatching(operation, 10) : pickRetryable(operation, 10);
    expectFrugal(await planOf(dataSource, batch.sql, batch.parameters), index);
  });
});
