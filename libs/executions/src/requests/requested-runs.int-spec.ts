import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { bindToKey, runInRequestContext } from '@app/platform/request-context';
import { waitFor } from '../../../../test/support/wait-for.js';
import { aJob } from '../../../../test/support/a-job.js';
import { type ExecutionsApp, startExecutionsApp } from '../http/testing/executions-app.js';
import type { RequestedRun } from './requested-run.js';

const BEGIN_KEY = `
  INSERT INTO idempotency_keys (service, key, request_hash, state, expires_at, locked_until)
  VALUES ('default', $1, '', 'running', now() + interval '1 day', now() + interval '1 minute')
  RETURNING locked_until::text AS lock`;

const WAITING_FOR_A_JOB = `SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%FOR KEY SHARE OF j%'`;

describe('a run that was asked for', () => {
  let app: ExecutionsApp;

  beforeAll(async () => {
    app = await startExecutionsApp('api', 'postgres');
  });
  afterAll(() => app.close());

  const query = <Row>(sql: string, parameters: unknown[] = []) => app.database.query<Row[]>(sql, parameters);
  const runsOf = async (jobId: string) =>
    query<{ id: string }>('SELECT id FROM executions WHERE job_id = $1', [jobId]);
  const eventsOf = async (resourceId: string) =>
    query<{ action: string }>('SELECT action FROM audit_events WHERE resource_id = $1', [resourceId]);
  const runOf = (jobId: string): RequestedRun => ({
    service: 'default',
    jobId,
    parameters: {},
    traceparent: null,
    repeats: null,
    mayStart: true,
  });

  /** As a request under an idempotency key does. */
  function executeUnder(key: string, lock: string, jobId: string) {
    return runInRequestContext({ requestId: 'r', traceparent: null }, () => {
      bindToKey({ service: 'default', key, lock, madeId: null });
      return app.executions.execute('default', jobId, { parameters: {}, traceparent: null });
    });
  }

  it('is kept with the key of its request and with who asked', async () => {
    const job = await app.jobs.create('default', aJob());
    const [begun] = await query<{ lock: string }>(BEGIN_KEY, ['held']);
    const { id } = await executeUnder('held', begun!.lock, job.id);
    expect(await query(`SELECT made_id FROM idempotency_keys WHERE key = 'held'`)).toEqual([{ made_id: id }]);
    expect(await eventsOf(id)).toEqual([{ action: 'execution.requested' }]);
  });

  it('is not made by whoever was so slow that another took over the key', async () => {
    const job = await app.jobs.create('default', aJob());
    await query(BEGIN_KEY, ['lost']);
    await expect(executeUnder('lost', '2020-01-01 00:00:00+00', job.id)).rejects.toMatchObject({
      code: 'idempotency_key_in_use',
    });
    expect(await runsOf(job.id)).toEqual([]);
  });

  it('leaves neither row, event nor key behind when there is no such job', async () => {
    const job = await app.jobs.create('default', aJob());
    await app.jobs.delete('default', job.id, null);
    const [begun] = await query<{ lock: string }>(BEGIN_KEY, ['jobless']);
    await expect(executeUnder('jobless', begun!.lock, job.id)).rejects.toMatchObject({
      code: 'job_not_found',
    });
    expect(await runsOf(job.id)).toEqual([]);
    expect(await query(`SELECT made_id FROM idempotency_keys WHERE key = 'jobless'`)).toEqual([
      { made_id: null },
    ]);
  });

  it('waits for whoever is deleting the job, and then finds none', async () => {
    const job = await app.jobs.create('default', aJob());
    const { made } = await app.database.transaction(async (tx) => {
      await tx.query('SELECT FROM jobs WHERE id = $1 FOR UPDATE', [job.id]);
      await tx.query('UPDATE jobs SET deleted_at = now() WHERE id = $1', [job.id]);
      const made = app.requestedRuns.insertNow(runOf(job.id), new Date());
      await waitFor(async () => (await query(WAITING_FOR_A_JOB)).length > 0);
      return { made };
    });
    expect(await made).toBeNull();
  });

  it.each([
    ['of a job without a limit is stored as queued', null, { state: 'queued', delivery: 1 }],
    ['of a job with a limit waits until its room is counted', 1, { state: 'pending', delivery: 0 }],
  ])('%s, where the queue has a place', async (_what, maxConcurrency, expected) => {
    const job = await app.jobs.create('default', aJob({ maxConcurrency }));
    const made = await app.requestedRuns.insertNow(runOf(job.id), new Date());
    expect(made).toMatchObject(expected);
  });

  it('repeats a run of a schedule twice in one millisecond', async () => {
    const job = await app.jobs.create('default', aJob());
    const runs = app.requestedRuns;
    const original = await runs.insertNow(runOf(job.id), new Date());
    const scheduleId = '01981b5e-7c00-7000-8000-0123456789ab';
    const repetition = { ...runOf(job.id), repeats: { id: original!.id, scheduleId } };
    const now = new Date();
    const [first, second] = [await runs.insertNow(repetition, now), await runs.insertNow(repetition, now)];
    expect(second!.scheduledFor.getTime()).toBe(first!.scheduledFor.getTime() + 1);
    const noted = await query('SELECT retried_as FROM executions WHERE id = $1', [original!.id]);
    expect(noted).toEqual([{ retried_as: second!.id }]);
  });
});
