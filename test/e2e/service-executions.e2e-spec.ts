import { beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '../support/wait-for.js';
import { expectProblem } from './support/problems.js';
import {
  type Execution,
  EXECUTION_KEYS,
  type Job,
  LISTED_EXECUTION_KEYS,
  sortedKeysOf,
  UNKNOWN_ID,
  UUID_V7,
} from './support/resources.js';
import { bodyOf, targetPath, useRunningService } from './support/running-service.js';

const TRACEPARENT = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

const service = useRunningService();

const cancel = (id: string, body?: object) => service.api.post<Execution>(`/executions/${id}/cancel`, body);
const retry = (id: string, headers?: Record<string, string>) =>
  service.api.post<Execution>(`/executions/${id}/retry`, undefined, headers);

async function hangingJob(changes: object = {}): Promise<Job> {
  const job = await service.createJob(changes);
  service.target.answer(targetPath(job), { hang: true });
  return job;
}

async function failedExecution(): Promise<Execution> {
  const job = await service.createJob({ parameters: { a: 1 } });
  service.target.answer(targetPath(job), { status: 500 }, {});
  return service.run(job);
}

/** How long after `sinceMs` the target saw the caller hang up. */
async function abortedAfterMs(job: Job, sinceMs: number): Promise<number> {
  const [request] = await service.target.waitForRequests(targetPath(job), 1);
  const abortedAtMs = await waitFor(() => request?.abortedAtMs ?? null, {
    describe: 'the call to be aborted',
  });
  return abortedAtMs - sinceMs;
}

describe('POST /jobs/{jobId}/execute', () => {
  it('answers 202 with where the execution is and all of it', async () => {
    const job = await service.createJob({ parameters: { from: 'job', kept: 1 } });
    const answer = await service.api.post<Execution>(`/jobs/${job.id}/execute`, {
      parameters: { from: 'call' },
    });
    const execution = bodyOf(202, answer);
    expect(answer.headers.get('Location')).toBe(`/executions/${execution.id}`);
    expect(sortedKeysOf(execution)).toEqual([...EXECUTION_KEYS].sort());
    expect(execution).toMatchObject({
      id: expect.stringMatching(UUID_V7),
      jobId: job.id,
      jobVersion: 1,
      scheduleId: null,
      trigger: 'manual',
      attempt: 0,
      maxAttempts: 1,
      parameters: { from: 'call', kept: 1 },
      result: null,
      error: null,
      retryOf: null,
      attempts: [],
    });
    expect(await service.ended(execution.id)).toMatchObject({ state: 'succeeded', attempt: 1 });
  });

  it('passes its traceparent on to the target, which learns that no schedule asked', async () => {
    const job = await service.createJob();
    await service.execute(job, undefined, { traceparent: TRACEPARENT });
    const [request] = await service.target.waitForRequests(targetPath(job), 1);
    expect(request?.headers.traceparent).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[\da-f]{16}-01$/);
    expect(request?.headers['x-scheduler-trigger']).toBe('manual');
    expect(request?.headers).toMatchObject({ 'x-scheduler-schedule-id': '' });
  });

  it('runs a job that is inactive: deactivation stops schedules, not people', async () => {
    const job = await service.createJob({ active: false });
    expect(await service.run(job)).toMatchObject({ state: 'succeeded' });
  });

  it('with Prefer: wait=N answers 200 when the run ends in time', async () => {
    const { id } = await service.createJob();
    const answer = await service.api.post(`/jobs/${id}/execute`, {}, { Prefer: 'wait=20' });
    expect(bodyOf(200, answer)).toMatchObject({ state: 'succeeded', attempts: [{ outcome: 'succeeded' }] });
    expect(answer.headers.get('Preference-Applied')).toBe('wait=20');
    expect(answer.headers.get('Location')).toMatch(/^\/executions\//);
  });

  it('with Prefer: wait=N answers 202 when the run takes longer', async () => {
    const job = await hangingJob();
    const askedAt = performance.now();
    const answer = await service.api.post<Execution>(`/jobs/${job.id}/execute`, {}, { Prefer: 'wait=1' });
    const { id, state } = bodyOf(202, answer);
    expect(performance.now() - askedAt).toBeGreaterThanOrEqual(990);
    expect(['pending', 'queued', 'running']).toContain(state);
    bodyOf(200, await cancel(id));
    await service.ended(id);
  });
});

describe('an Idempotency-Key', () => {
  it('whose first request still waits is refused with 409, and gets its answer afterwards', async () => {
    const job = await service.createJob();
    const answerFirst = service.target.hold(targetPath(job));
    const headers = { Prefer: 'wait=20', 'Idempotency-Key': 'run-slowly' };
    const execute = () => service.api.post<Execution>(`/jobs/${job.id}/execute`, {}, headers);
    const first = execute();
    await service.target.waitForRequests(targetPath(job), 1);

    const during = await execute();
    expectProblem(during, { status: 409, code: 'idempotency_key_in_use' });
    expect(during.headers.get('Retry-After')).toBe('1');

    answerFirst();
    const { id } = bodyOf(200, await first);
    const afterwards = await execute();
    expect(afterwards.headers.get('Idempotent-Replayed')).toBe('true');
    expect(bodyOf(200, afterwards).id).toBe(id);
    expect(service.target.requestsTo(targetPath(job))).toHaveLength(1);
  });
});

describe('POST /executions/{executionId}/cancel', () => {
  it('of a running execution is seen by the target as an aborted request', async () => {
    const job = await hangingJob();
    const { id } = await service.execute(job);
    await service.target.waitForRequests(targetPath(job), 1);

    const askedAtMs = Date.now();
    expect(bodyOf(200, await cancel(id, { reason: 'by mistake' })).id).toBe(id);

    expect(await abortedAfterMs(job, askedAtMs)).toBeLessThan(5_000);
    expect(await service.ended(id)).toMatchObject({
      state: 'cancelled',
      reason: 'by mistake',
      attempts: [{ attempt: 1, outcome: 'cancelled' }],
    });
  });

  it('of an execution that waits for its turn ends it at once, and the target hears nothing of it', async () => {
    const job = await hangingJob({ maxConcurrency: 1 });
    const first = await service.execute(job);
    await service.target.waitForRequests(targetPath(job), 1);
    const second = await service.execute(job);
    expect(bodyOf(200, await cancel(second.id))).toMatchObject({
      state: 'cancelled',
      startedAt: null,
      attempt: 0,
    });
    bodyOf(200, await cancel(first.id));
    await service.ended(first.id);
    expect(service.target.requestsTo(targetPath(job))).toHaveLength(1);
  });

  it('of a finished execution is refused with 409', async () => {
    const { id } = await service.run(await service.createJob());
    expectProblem(await cancel(id), { status: 409, code: 'execution_finished' });
  });
});

describe('a time-out', () => {
  it('is seen by the target as an aborted request, and ends the execution as timed_out', async () => {
    const job = await hangingJob({ timeoutMs: 1_500 });
    const execution = await service.run(job);
    const [request] = service.target.requestsTo(targetPath(job));
    const lastedMs = await abortedAfterMs(job, request?.arrivedAtMs ?? 0);
    expect(lastedMs).toBeGreaterThan(500);
    expect(lastedMs).toBeLessThan(2_800);
    expect(execution).toMatchObject({
      state: 'timed_out',
      error: { type: 'timeout' },
      attempts: [{ attempt: 1, outcome: 'timed_out' }],
    });
  });

  it('also ends a call whose answer drips in for ever, and keeps what came', async () => {
    const job = await service.createJob({ timeoutMs: 1_500 });
    service.target.answer(targetPath(job), { body: 'x'.repeat(1_000), dripMs: 50 });
    const execution = await service.run(job);
    expect(execution).toMatchObject({ state: 'timed_out', result: { statusCode: 200, truncated: true } });
    expect(execution.result?.output).toMatch(/^x{1,60}$/);
  });

  it('is per attempt: the next attempt has its own', async () => {
    const retryPolicy = { maxAttempts: 2, initialDelayMs: 50, backoff: 'fixed', jitter: 'none' };
    const job = await service.createJob({ timeoutMs: 2_000, retryPolicy });
    service.target.answer(targetPath(job), { hang: true }, {});
    const execution = await service.run(job);
    expect(execution.attempts.map(({ outcome }) => outcome)).toEqual(['timed_out', 'succeeded']);
  });
});

describe('POST /executions/{executionId}/retry', () => {
  it('of a failed execution makes a new one with retryOf and the same parameters', async () => {
    const failed = await failedExecution();
    const answer = await retry(failed.id);
    const again = bodyOf(202, answer);
    expect(answer.headers.get('Location')).toBe(`/executions/${again.id}`);
    expect(again).toMatchObject({ retryOf: failed.id, trigger: 'retry', parameters: { a: 1 }, attempt: 0 });
    expect(again.id).not.toBe(failed.id);
    expect(await service.ended(again.id)).toMatchObject({ state: 'succeeded' });
    expect(await service.execution(failed.id)).toEqual(failed);
    const calls = service.target.requests.filter(({ headers }) =>
      [failed.id, again.id].includes(String(headers['x-scheduler-execution-id'])),
    );
    expect(calls.map(({ headers }) => headers['x-scheduler-retry-of'])).toEqual([undefined, failed.id]);
  });

  it('honours Prefer: wait=N', async () => {
    const { id } = await failedExecution();
    expect(bodyOf(200, await retry(id, { Prefer: 'wait=20' }))).toMatchObject({
      state: 'succeeded',
      retryOf: id,
    });
  });

  it('takes one that timed out or was cancelled as well', async () => {
    const job = await hangingJob({ timeoutMs: 300 });
    const timedOut = await service.run(job);
    expect(timedOut.state).toBe('timed_out');
    const again = bodyOf(202, await retry(timedOut.id));
    await service.api.post(`/executions/${again.id}/cancel`);
    const { state } = await service.ended(again.id);
    expect(['cancelled', 'timed_out']).toContain(state);
    expect(bodyOf(200, await retry(again.id, { Prefer: 'wait=20' })).retryOf).toBe(again.id);
  });

  it('of a succeeded execution is refused with 409', async () => {
    const { id } = await service.run(await service.createJob());
    expectProblem(await retry(id), { status: 409, code: 'execution_not_retryable' });
  });
});

describe('GET /executions', () => {
  const ids: string[] = [];
  let job: Job;

  beforeAll(async () => {
    job = await service.createJob();
    service.target.answer(targetPath(job), { status: 500 }, { status: 500 }, {});
    for (let index = 0; index < 5; index += 1) ids.unshift((await service.run(job)).id);
  });

  it.each(['one job', 'all jobs'])('pages newest first through the executions of %s', async (scope) => {
    const path = scope === 'one job' ? `/jobs/${job.id}/executions?` : `/executions?jobId=${job.id}&`;
    const pages = await service.api.pages<Execution>(`${path}limit=2`);
    expect(pages.map(({ items }) => items.map(({ id }) => id))).toEqual([
      ids.slice(0, 2),
      ids.slice(2, 4),
      ids.slice(4),
    ]);
    expect(sortedKeysOf(pages[0]?.items[0])).toEqual([...LISTED_EXECUTION_KEYS].sort());
  });

  it('finds by state, by trigger, by schedule and by time', async () => {
    const found = async (query: string) =>
      (await service.executions(`jobId=${job.id}&${query}`)).map(({ id }) => id);
    const { scheduledFor } = await service.execution(ids[2] ?? '');
    expect(await found('state=failed,timed_out')).toEqual(ids.slice(3));
    expect(await found('state=failed&state=succeeded')).toEqual(ids);
    expect(await found('trigger=schedule,catchup')).toEqual([]);
    expect(await found('trigger=manual')).toEqual(ids);
    expect(await found(`scheduleId=${UNKNOWN_ID}`)).toEqual([]);
    expect(await found(`from=${scheduledFor}`)).toEqual(ids.slice(0, 3));
    expect(await found(`to=${scheduledFor}`)).toEqual(ids.slice(3));
  });

  it('answers 404 for an id that no execution has, also when it is not a UUID', async () => {
    for (const id of [UNKNOWN_ID, 'not-a-uuid', 'f81d4fae-7dec-11d0-a765-00a0c91e6bf6']) {
      const path = `/executions/${id}`;
      const answers = [
        await service.api.get(path),
        await service.api.get(`${path}/logs`),
        await service.api.get(`${path}/logs?follow=true`),
        await cancel(id),
        await retry(id),
      ];
      for (const answer of answers) expectProblem(answer, { status: 404, code: 'execution_not_found' });
    }
  });
});
