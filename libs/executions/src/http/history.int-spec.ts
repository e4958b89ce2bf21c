import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scheduledForOf } from '../domain/execution-id.js';
import { aJob } from '../../../../test/support/a-job.js';
import { insertExecution } from './testing/an-execution.js';
import { type Answer, type ExecutionsApp, startExecutionsApp } from './testing/executions-app.js';

interface Item {
  readonly id: string;
}

let app: ExecutionsApp;
let jobId: string;

beforeAll(async () => {
  app = await startExecutionsApp('api');
  jobId = (await app.jobs.create('default', aJob())).id;
});
afterAll(() => app.close());

async function idsAt(path: string): Promise<string[]> {
  const { status, body } = await app.call('GET', path);
  expect(status).toBe(200);
  return (body.items as Item[]).map((item) => item.id);
}

describe('lists', () => {
  const noon = new Date('2026-01-31T12:00:00.000Z');
  const later = new Date('2026-01-31T12:00:00.001Z');
  let ids: string[];

  beforeAll(async () => {
    ids = [
      await insertExecution(app.database, { jobId, scheduledFor: later, state: 'timed_out' }),
      await insertExecution(app.database, { jobId, scheduledFor: noon, state: 'failed' }),
    ];
  });

  it('can be walked by following Link', async () => {
    const seen: string[] = [];
    let path: string | undefined = `/jobs/${jobId}/executions?limit=1&state=failed,timed_out`;
    while (path !== undefined) {
      const { headers, body }: Answer = await app.call('GET', path);
      seen.push(...(body.items as Item[]).map((item) => item.id));
      path = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual(ids);
  });

  it.each<[string, readonly number[]]>([
    ['state=failed,timed_out', [0, 1]],
    ['state=failed&state=timed_out', [0, 1]],
    ['state=failed', [1]],
    ['trigger=manual', [0, 1]],
    ['trigger=schedule', []],
    [`scheduleId=${randomUUID()}`, []],
    ['from=2026-01-31T12:00:00.001Z', [0]],
    ['to=2026-01-31T12:00:00.001Z', [1]],
    ['from=2026-01-31T13:00:00%2B01:00&to=2026-01-31T12:00:01Z', [0, 1]],
  ])('?%s', async (query, expected) => {
    const found = expected.map((index) => ids[index]);
    expect(await idsAt(`/jobs/${jobId}/executions?${query}`)).toEqual(found);
    expect(await idsAt(`/executions?jobId=${jobId}&${query}`)).toEqual(found);
  });

  it.each<[string, string, string]>([
    ['state=broken', '/state', 'is_in'],
    ['state=', '/state', 'is_in'],
    ['state=failed,,', '/state', 'is_in'],
    ['trigger=cron', '/trigger', 'is_in'],
    ['scheduleId=5', '/scheduleId', 'is_uuid'],
    ['scheduleId=', '/scheduleId', 'is_uuid'],
    ['from=2026-01-31', '/from', 'invalid_instant'],
    ['from=2026-02-30T00:00:00Z', '/from', 'invalid_instant'],
    ['from=2026-01-31T12:00:00+01:00', '/from', 'invalid_instant'],
    ['from=2026-01-31T12:00:00', '/from', 'invalid_instant'],
    ['to=yesterday', '/to', 'invalid_instant'],
    ['from=2026-01-31T12:00:00Z&to=2026-01-31T12:00:00Z', '/to', 'not_after_from'],
    ['limit=201', '/limit', 'max'],
    ['cursor=nonsense', '/cursor', 'invalid_cursor'],
    ['sate=failed', '/sate', 'unknown_property'],
  ])('?%s is refused', async (query, pointer, code) => {
    for (const path of ['/executions', `/jobs/${jobId}/executions`]) {
      const { status, body } = await app.call('GET', `${path}?${query}`);
      expect(status).toBe(400);
      expect(body.errors).toEqual([expect.objectContaining({ pointer, code })]);
    }
  });

  it('takes jobId where the path does not say it', async () => {
    expect(await app.call('GET', '/executions?jobId=5')).toMatchObject({ status: 400 });
    expect(await app.call('GET', `/jobs/${jobId}/executions?jobId=${jobId}`)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/jobId', code: 'unknown_property' }] },
    });
  });

  it('shows the history of a deleted job, and 404 for an unknown one', async () => {
    const { id } = await app.jobs.create('default', aJob());
    const execution = await insertExecution(app.database, { jobId: id });
    await app.jobs.delete('default', id, null);
    expect(await idsAt(`/jobs/${id}/executions`)).toEqual([execution]);
    for (const unknown of [randomUUID(), 'nonsense']) {
      const answer = await app.call('GET', `/jobs/${unknown}/executions`);
      expect(answer).toMatchObject({ status: 404, body: { code: 'job_not_found' } });
    }
  });
});

describe('one execution', () => {
  it('is shown as the contract says', async () => {
    const scheduledFor = new Date('2026-01-31T12:00:00.000Z');
    const attempt = {
      attempt: 1,
      startedAt: '2026-01-31T12:00:00.05Z',
      finishedAt: '2026-01-31T12:00:02Z',
      outcome: 'failed',
      statusCode: 503,
      error: { type: 'http_status', message: 'answered 503' },
      workerId: null,
    } as const;
    const id = await insertExecution(app.database, {
      jobId,
      scheduledFor,
      state: 'failed',
      startedAt: new Date('2026-01-31T12:00:00.050Z'),
      finishedAt: new Date('2026-01-31T12:00:02.000Z'),
      result: { statusCode: 503, output: 'x'.repeat(5_000), truncated: false },
      error: attempt.error,
      attempts: [attempt],
    });
    const { status, body } = await app.call('GET', `/executions/${id}`);
    expect(status).toBe(200);
    expect(body).toEqual({
      id,
      jobId,
      jobVersion: 1,
      scheduleId: null,
      trigger: 'manual',
      state: 'failed',
      reason: null,
      reasonDetail: null,
      hold: null,
      scheduledFor: '2026-01-31T12:00:00.000Z',
      createdAt: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      queuedAt: null,
      startedAt: '2026-01-31T12:00:00.050Z',
      finishedAt: '2026-01-31T12:00:02.000Z',
      cancelRequestedAt: null,
      durationMs: 1_950,
      startDelayMs: 50,
      attempt: 0,
      maxAttempts: 1,
      parameters: {},
      result: { statusCode: 503, output: 'x'.repeat(5_000), truncated: false },
      error: attempt.error,
      retryOf: null,
      cancellation: null,
      traceId: expect.stringMatching(/^[\da-f]{32}$/),
      attempts: [
        { ...attempt, startedAt: '2026-01-31T12:00:00.050Z', finishedAt: '2026-01-31T12:00:02.000Z' },
      ],
    });
  });

  it('never shows a negative delay', async () => {
    const scheduledFor = new Date();
    const startedAt = new Date(scheduledFor.getTime() - 5);
    const id = await insertExecution(app.database, { jobId, scheduledFor, startedAt, finishedAt: startedAt });
    const { body } = await app.call('GET', `/executions/${id}`);
    expect(body).toMatchObject({ startDelayMs: 0, durationMs: 0 });
  });
});

describe('ids', () => {
  const unknown = [randomUUID(), 'nonsense', 'ffffffff-ffff-ffff-ffff-ffffffffffff', '%00'];

  it.each(unknown)('%s is no execution', async (id) => {
    const calls = [
      app.call('GET', `/executions/${id}`),
      app.call('GET', `/executions/${id}/logs`),
      app.call('GET', `/executions/${id}/logs?follow=true`),
      app.call('POST', `/executions/${id}/cancel`),
      app.call('POST', `/executions/${id}/retry`),
    ];
    for (const answer of await Promise.all(calls)) {
      expect(answer).toMatchObject({ status: 404, body: { code: 'execution_not_found' } });
    }
    const execute = await app.call('POST', `/jobs/${id}/execute`);
    expect(execute).toMatchObject({ status: 404, body: { code: 'job_not_found' } });
  });
});

describe("another service's execution", () => {
  it('is as unknown as one that there never was, and stays as it is', async () => {
    const id = await insertExecution(app.database, { jobId, service: 'other', state: 'failed' });
    const waiting = await insertExecution(app.database, { jobId, service: 'other', state: 'pending' });
    for (const [method, path] of [
      ['GET', `/executions/${id}`],
      ['GET', `/executions/${id}/logs`],
      ['GET', `/executions/${id}/logs?follow=true`],
      ['POST', `/executions/${id}/retry`],
      ['POST', `/executions/${id}/cancel`],
    ] as const) {
      const { status, body } = await app.call(method, path);
      expect([status, body.code, body.detail]).toEqual([
        404,
        'execution_not_found',
        `There is no execution ${id}.`,
      ]);
    }
    expect((await app.call('POST', `/executions/${waiting}/cancel`)).status).toBe(404);
    const untouched = { cancelRequestedAt: null, finishedAt: null };
    expect(await app.executions.get('other', waiting)).toMatchObject(untouched);
    expect(await idsAt(`/executions?jobId=${jobId}&state=pending`)).not.toContain(waiting);
  });

  it('shows none of its lines', async () => {
    const id = await insertExecution(app.database, { jobId, service: 'other' });
    const line = { executionId: id, scheduledFor: scheduledForOf(id), seq: 0, attempt: 1, at: new Date() };
    await app.logs.append([{ ...line, stream: 'stdout', text: 'theirs' }]);
    expect(await app.logs.readAfter('other', id, -1, 10)).toHaveLength(1);
    expect(await app.logs.readAfter('default', id, -1, 10)).toEqual([]);
  });
});
