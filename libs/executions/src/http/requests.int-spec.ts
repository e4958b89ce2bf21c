import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aJob } from '../../../../test/support/a-job.js';
import { waitFor } from '../../../../test/support/wait-for.js';
import { insertExecution } from './testing/an-execution.js';
import { type ExecutionsApp, startExecutionsApp } from './testing/executions-app.js';

let app: ExecutionsApp;
let jobId: string;

beforeAll(async () => {
  app = await startExecutionsApp('api');
  jobId = (await app.jobs.create('default', aJob())).id;
});
afterAll(() => app.close());

describe('bodies', () => {
  it.each<[unknown, string, string]>([
    [{ parameters: null }, '/parameters', 'invalid_type'],
    [{ parameters: [] }, '/parameters', 'invalid_type'],
    [{ parameters: 'a' }, '/parameters', 'invalid_type'],
    [{ params: {} }, '/params', 'unknown_property'],
    [[], '', 'invalid_type'],
  ])('execute %j is refused', async (body, pointer, code) => {
    const answer = await app.call('POST', `/jobs/${jobId}/execute`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([expect.objectContaining({ pointer, code })]);
  });

  it.each<[unknown, string]>([
    [{ reason: '' }, 'is_length'],
    [{ reason: null }, 'invalid_type'],
    [{ reason: 'x'.repeat(501) }, 'is_length'],
  ])('cancel %j is refused', async (body, code) => {
    const id = await insertExecution(app.database, { jobId, state: 'pending' });
    const answer = await app.call('POST', `/executions/${id}/cancel`, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([expect.objectContaining({ pointer: '/reason', code })]);
  });
});

describe('an execution that waits', () => {
  it('is cancelled at once, without a body too', async () => {
    const { body } = await app.call('POST', `/jobs/${jobId}/execute`);
    const cancelled = await app.call('POST', `/executions/${String(body.id)}/cancel`);
    expect(cancelled).toMatchObject({
      status: 200,
      body: { state: 'cancelled', reason: 'requested', durationMs: null },
    });
  });

  it('carries the trace of its request', async () => {
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const { body } = await app.call('POST', `/jobs/${jobId}/execute`, {}, { traceparent });
    const rows: unknown = await app.database.query('SELECT traceparent FROM executions WHERE id = $1', [
      body.id,
    ]);
    expect(rows).toEqual([{ traceparent }]);
  });

  it('is not retried when its job was deleted', async () => {
    const { id } = await app.jobs.create('default', aJob());
    const execution = await insertExecution(app.database, { jobId: id, state: 'failed' });
    await app.jobs.delete('default', id, null);
    const answer = await app.call('POST', `/executions/${execution}/retry`);
    expect(answer).toMatchObject({ status: 409, body: { code: 'job_deleted' } });
  });
});

describe('a retry', () => {
  it('has a row of its own, however many come at once', async () => {
    const scheduleId = randomUUID();
    const id = await insertExecution(app.database, { jobId, scheduleId, state: 'failed' });
    const retries = await Promise.all(
      Array.from({ length: 8 }, () => app.call('POST', `/executions/${id}/retry`)),
    );
    expect(retries.map(({ status }) => status)).toEqual(Array(8).fill(202));
    expect(new Set(retries.map(({ body }) => body.scheduledFor)).size).toBe(8);
  });

  it('that races the deletion of its job is a conflict', async () => {
    const { id } = await app.jobs.create('default', aJob());
    const execution = await insertExecution(app.database, { jobId: id, state: 'failed' });
    const deletion = app.database.createQueryRunner();
    await deletion.startTransaction();
    await deletion.query('SELECT FROM jobs WHERE id = $1 FOR UPDATE', [id]);
    await deletion.query('UPDATE jobs SET deleted_at = now() WHERE id = $1', [id]);
    const retry = app.call('POST', `/executions/${execution}/retry`);
    await waitFor(async () => {
      const waiting: unknown[] = await app.database.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
      return waiting.length > 0;
    });
    await deletion.commitTransaction();
    await deletion.release();
    expect(await retry).toMatchObject({ status: 409, body: { code: 'job_deleted' } });
  });
});
