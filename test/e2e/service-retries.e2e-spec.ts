import { describe, expect, it } from '@jest/globals';
import { freePort } from '../support/free-port.js';
import type { RecordedRequest } from '../support/target-server.js';
import { waitFor } from '../support/wait-for.js';
import { sortedKeysOf } from './support/resources.js';
import { bodyOf, targetPath, useRunningService } from './support/running-service.js';

const THREE_ATTEMPTS = { maxAttempts: 3, backoff: 'fixed', initialDelayMs: 100, jitter: 'none' };

const service = useRunningService();

const headersOf = (requests: readonly RecordedRequest[], name: string): unknown[] =>
  requests.map(({ headers }) => headers[name]);

describe('a target that fails', () => {
  it('is called three times with rising attempts and one Idempotency-Key, and history has all three', async () => {
    const job = await service.createJob({ retryPolicy: THREE_ATTEMPTS });
    service.target.answer(targetPath(job), { status: 500, body: 'broken' });

    const execution = await service.run(job);

    const requests = service.target.requestsTo(targetPath(job));
    expect(headersOf(requests, 'x-scheduler-attempt')).toEqual(['1', '2', '3']);
    expect(headersOf(requests, 'x-scheduler-max-attempts')).toEqual(['3', '3', '3']);
    expect(new Set(headersOf(requests, 'idempotency-key'))).toEqual(new Set([`"${execution.id}"`]));
    expect(requests.map(({ body }) => (JSON.parse(body) as { attempt: number }).attempt)).toEqual([1, 2, 3]);
    expect(execution).toMatchObject({
      state: 'failed',
      attempt: 3,
      maxAttempts: 3,
      result: { statusCode: 500, output: 'broken', truncated: false },
      error: { type: expect.any(String), message: expect.stringContaining('500') },
    });
    expect(
      execution.attempts.map(({ attempt, outcome, statusCode }) => [attempt, outcome, statusCode]),
    ).toEqual([
      [1, 'failed', 500],
      [2, 'failed', 500],
      [3, 'failed', 500],
    ]);
    expect(sortedKeysOf(execution.attempts[0])).toEqual(
      ['attempt', 'startedAt', 'finishedAt', 'outcome', 'statusCode', 'error', 'workerId'].sort(),
    );
  });

  it('and recovers makes the execution succeed', async () => {
    const job = await service.createJob({ retryPolicy: THREE_ATTEMPTS });
    service.target.answer(
      targetPath(job),
      { status: 503 },
      { status: 429 },
      { status: 200, body: 'at last' },
    );
    const execution = await service.run(job);
    expect(execution).toMatchObject({
      state: 'succeeded',
      attempt: 3,
      error: null,
      result: { output: 'at last' },
    });
    expect(execution.attempts.map(({ outcome }) => outcome)).toEqual(['failed', 'failed', 'succeeded']);
  });

  it('goes back to pending until its next attempt is due', async () => {
    const job = await service.createJob({ retryPolicy: { ...THREE_ATTEMPTS, initialDelayMs: 3_000 } });
    service.target.answer(targetPath(job), { status: 500 }, {});
    const { id } = await service.execute(job);
    await service.target.waitForRequests(targetPath(job), 1);
    const waiting = await waitFor(async () => {
      const execution = await service.execution(id);
      return execution.attempts.length === 1 && execution;
    });
    expect(waiting).toMatchObject({
      state: 'pending',
      attempt: 1,
      finishedAt: null,
      result: { statusCode: 500 },
    });
    expect(await service.ended(id)).toMatchObject({ state: 'succeeded', attempt: 2 });
  });

  it('is left alone for as long as its Retry-After says', async () => {
    const job = await service.createJob({ retryPolicy: THREE_ATTEMPTS });
    service.target.answer(targetPath(job), { status: 503, headers: { 'Retry-After': '2' } }, {});
    await service.run(job);
    const [first, second] = service.target.requestsTo(targetPath(job));
    const pauseMs = (second?.arrivedAtMs ?? 0) - (first?.arrivedAtMs ?? 0);
    expect(pauseMs).toBeGreaterThanOrEqual(2_000);
    expect(pauseMs).toBeLessThan(4_000);
  });

  it('is left alone until the date that its Retry-After names', async () => {
    const job = await service.createJob({ retryPolicy: THREE_ATTEMPTS });
    const date = new Date(Math.ceil(Date.now() / 1_000) * 1_000 + 2_000);
    service.target.answer(
      targetPath(job),
      { status: 429, headers: { 'Retry-After': date.toUTCString() } },
      {},
    );
    await service.run(job);
    const second = service.target.requestsTo(targetPath(job))[1];
    expect(second?.arrivedAtMs).toBeGreaterThanOrEqual(date.getTime());
  });

  it('is called again when nobody listened', async () => {
    const target = { type: 'http', url: `http://127.0.0.1:${await freePort()}/` };
    const job = await service.createJob({ target, retryPolicy: { ...THREE_ATTEMPTS, maxAttempts: 2 } });
    const execution = await service.run(job);
    expect(execution).toMatchObject({ state: 'failed', attempt: 2, result: null });
    expect(execution.error?.message).toContain('refused');
  });
});

describe('a target whose answer is final', () => {
  it.each([400, 401, 404, 409, 422])('with %i is not called again', async (status) => {
    const job = await service.createJob({ retryPolicy: THREE_ATTEMPTS });
    service.target.answer(targetPath(job), { status });
    expect(await service.run(job)).toMatchObject({
      state: 'failed',
      attempt: 1,
      result: { statusCode: status },
    });
    expect(service.target.requestsTo(targetPath(job))).toHaveLength(1);
  });

  it('by a retryOn without it is not called again', async () => {
    const job = await service.createJob({ retryPolicy: { ...THREE_ATTEMPTS, retryOn: ['timeout'] } });
    service.target.answer(targetPath(job), { status: 500 });
    expect(await service.run(job)).toMatchObject({ state: 'failed', attempt: 1 });
  });

  it('by its successStatus has succeeded', async () => {
    const job = await service.createJob();
    const target = { ...service.httpTarget(targetPath(job)), successStatus: ['2xx', '404'] };
    bodyOf(200, await service.api.patch(`/jobs/${job.id}`, { target }));
    service.target.answer(targetPath(job), { status: 404 });
    expect(await service.run(job)).toMatchObject({ state: 'succeeded', result: { statusCode: 404 } });
  });

  it('with a redirect is not followed, unless the job asks for it', async () => {
    const job = await service.createJob();
    const location = service.target.url('/moved-here');
    service.target.answer(targetPath(job), { status: 307, headers: { Location: location } });
    expect(await service.run(job)).toMatchObject({ state: 'failed', result: { statusCode: 307 } });
    expect(service.target.requestsTo('/moved-here')).toEqual([]);
    bodyOf(200, await service.api.patch(`/jobs/${job.id}`, { target: { followRedirects: true } }));
    expect(await service.run(job)).toMatchObject({ state: 'succeeded', result: { statusCode: 200 } });
    expect(service.target.requestsTo('/moved-here')).toHaveLength(1);
  });

  it('with 410 pauses the schedule, which says so', async () => {
    const job = await service.createJob({ retryPolicy: THREE_ATTEMPTS });
    service.target.answer(targetPath(job), { status: 410 });
    const { id } = await service.createSchedule(job, { type: 'interval', intervalSeconds: 5 });
    const paused = await waitFor(async () => {
      const schedule = await service.schedule(id);
      return !schedule.active && schedule;
    });
    expect(paused).toMatchObject({ nextRunAt: null, pauseReason: expect.stringContaining('410') });
    expect(headersOf(service.target.requestsTo(targetPath(job)), 'x-scheduler-attempt')).toEqual(['1']);
    expect(await service.executions(`scheduleId=${id}&state=failed`)).toHaveLength(1);
  });
});
