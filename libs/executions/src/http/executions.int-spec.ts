import { randomUUID } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEFAULT_RETRY_POLICY } from '@app/jobs';
import { queueBackendsUnderTest } from '../../../../test/support/test-redis.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { aJob } from '../../../../test/support/a-job.js';
import { type Answer, type ExecutionsApp, startExecutionsApp } from './testing/executions-app.js';

const SLEEPS = {
  type: 'command',
  command: process.execPath,
  args: ['-e', 'setTimeout(() => {}, 20_000)'],
} as const;
const FAILS = { type: 'command', command: process.execPath, args: ['-e', 'process.exit(3)'] } as const;

describe.each(queueBackendsUnderTest())('running executions over HTTP, queue on %s', (backend) => {
  let app: ExecutionsApp;

  beforeAll(async () => {
    app = await startExecutionsApp('api_and_worker', backend);
  });
  afterAll(() => app.close());

  async function execute(spec = aJob(), prefer = 'wait=20', body?: unknown): Promise<Answer> {
    const job = await app.jobs.create('default', spec);
    return app.call('POST', `/jobs/${job.id}/execute`, body, { Prefer: prefer });
  }

  const untilRunning = (at: string): Promise<boolean> =>
    waitFor(async () => (await app.call('GET', at)).body.state === 'running');

  it('answers 200 with the finished execution to a client that prefers to wait', async () => {
    const { status, headers, body } = await execute();
    expect(status).toBe(200);
    expect(headers.get('location')).toBe(`/executions/${String(body.id)}`);
    expect(headers.get('preference-applied')).toBe('wait=20');
    expect(body).toMatchObject({
      state: 'succeeded',
      trigger: 'manual',
      attempt: 1,
      result: { exitCode: 0, output: 'hello\n', truncated: false },
      error: null,
      attempts: [{ attempt: 1, outcome: 'succeeded', exitCode: 0, error: null }],
    });
    expect(body.durationMs).toBeGreaterThan(0);
    expect(body.startDelayMs).toBeGreaterThanOrEqual(0);
  });

  it('answers 202 at once to one that does not', async () => {
    const { status, headers, body } = await execute(aJob({ target: SLEEPS }), '');
    expect(status).toBe(202);
    expect(headers.get('location')).toBe(`/executions/${String(body.id)}`);
    expect(body).toMatchObject({ durationMs: null, startedAt: null, finishedAt: null, attempts: [] });
    await app.call('POST', `/executions/${String(body.id)}/cancel`);
  });

  it('answers 202 when the run takes longer than the client waits', async () => {
    const { status, body } = await execute(aJob({ target: SLEEPS }), 'wait=1');
    expect(status).toBe(202);
    expect(body).toMatchObject({ finishedAt: null, result: null });
    const at = `/executions/${String(body.id)}`;
    await untilRunning(at);
    await app.call('POST', `${at}/cancel`);
  });

  it('merges the parameters of the call over those of the job', async () => {
    const parameters = { kept: 1, replaced: 1 };
    const { body } = await execute(aJob({ parameters }), '', { parameters: { replaced: 2, toString: 3 } });
    expect(body.parameters).toEqual({ kept: 1, replaced: 2, toString: 3 });
  });

  it('cancels a running execution', async () => {
    const { body } = await execute(aJob({ target: SLEEPS }), '');
    const at = `/executions/${String(body.id)}`;
    await untilRunning(at);
    const cancelled = await app.call('POST', `${at}/cancel`, { reason: 'a mistake' });
    expect(cancelled).toMatchObject({ status: 200, body: { state: 'running', reason: 'a mistake' } });
    expect(cancelled.body.cancelRequestedAt).toEqual(expect.any(String));

    const ended = await waitFor(async () => {
      const { body: execution } = await app.call('GET', at);
      return execution.state === 'cancelled' && execution;
    });
    expect(ended).toMatchObject({ reason: 'a mistake', error: { type: 'cancelled' } });
    expect(await app.call('POST', `${at}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'execution_finished' },
    });
  });

  it('cancels one whose attempt fails before the cancel reaches it, instead of trying again', async () => {
    const sign = path.join(tmpdir(), randomUUID());
    const script = `setInterval(() => require('fs').existsSync('${sign}') && process.exit(3), 10)`;
    const target = { ...FAILS, args: ['-e', script] };
    const retryPolicy = { ...DEFAULT_RETRY_POLICY, maxAttempts: 2, initialDelayMs: 60_000 };
    const { body } = await execute(aJob({ target, retryPolicy }), '');
    const at = `/executions/${String(body.id)}`;
    await untilRunning(at);
    expect(await app.call('POST', `${at}/cancel`)).toMatchObject({ status: 200 });
    writeFileSync(sign, '');
    const ended = await waitFor(async () => {
      const { body: execution } = await app.call('GET', at);
      return execution.state === 'cancelled' && execution;
    });
    rmSync(sign);
    expect(ended.attempts).toHaveLength(1);
  });

  it('retries one that failed as a new execution', async () => {
    const failed = await execute(aJob({ target: FAILS }), 'wait=20', { parameters: { a: 1 } });
    expect(failed).toMatchObject({ status: 200, body: { state: 'failed', result: { exitCode: 3 } } });

    const retried = await app.call('POST', `/executions/${String(failed.body.id)}/retry`, undefined, {
      Prefer: 'wait=20',
    });
    expect(retried).toMatchObject({
      status: 200,
      body: { state: 'failed', trigger: 'retry', retryOf: failed.body.id, parameters: { a: 1 } },
    });
    expect(retried.headers.get('location')).toBe(`/executions/${String(retried.body.id)}`);
    expect(retried.body.id).not.toBe(failed.body.id);
  });

  it('does not retry one that succeeded', async () => {
    const { body } = await execute();
    expect(await app.call('POST', `/executions/${String(body.id)}/retry`)).toMatchObject({
      status: 409,
      body: { code: 'execution_not_retryable' },
    });
  });

  it('shows the logs of both streams', async () => {
    const script = "console.log('out'); console.error('err')";
    const target = { type: 'command', command: process.execPath, args: ['-e', script] } as const;
    const { body } = await execute(aJob({ target }));
    const logs = await app.call('GET', `/executions/${String(body.id)}/logs`);
    expect(logs.body.items).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ stream: 'stdout', text: 'out\n', attempt: 1 }),
        expect.objectContaining({ stream: 'stderr', text: 'err\n', attempt: 1 }),
      ]),
    );
  });
});
