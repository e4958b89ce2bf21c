import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aJob } from '../../../../test/support/a-job.js';
import { type ExecutionsApp, startExecutionsApp } from './testing/executions-app.js';

/** On a machine that is busy with other tests. */
const START_TIMEOUT_MS = 60_000;

let app: ExecutionsApp;

/** What is asked for stays queued. */
beforeAll(async () => {
  app = await startExecutionsApp('api');
}, START_TIMEOUT_MS);
afterAll(() => app?.close());

async function eventsOf(resourceId: string): Promise<Record<string, unknown>[]> {
  const { body } = await app.call('GET', `/audit-events?resourceId=${resourceId}`);
  return body.items as Record<string, unknown>[];
}

describe('the audit', () => {
  it('tells who ran, cancelled and repeated a run, and why', async () => {
    const { id: jobId } = await app.jobs.create('default', aJob());
    const { body } = await app.call('POST', `/jobs/${jobId}/execute`, undefined, {
      'X-Request-Id': 'run-it',
    });
    const id = String(body.id);
    expect((await app.call('POST', `/executions/${id}/cancel`, { reason: 'a mistake' })).status).toBe(200);
    expect((await app.call('POST', `/executions/${id}/cancel`)).status).toBe(409);
    const retried = await app.call('POST', `/executions/${id}/retry`);
    expect(await eventsOf(id)).toMatchObject([
      { action: 'execution.retried', actor: 'anonymous', after: { retriedAs: retried.body.id } },
      { action: 'execution.cancelled', actor: 'anonymous', reason: 'a mistake' },
      { action: 'execution.requested', actor: 'anonymous', requestId: 'run-it', after: { jobId } },
    ]);
  });

  it('tells of one of those who ask at once for the end of a run that goes on', async () => {
    const { id: jobId } = await app.jobs.create('default', aJob());
    const { body } = await app.call('POST', `/jobs/${jobId}/execute`);
    const id = String(body.id);
    await app.database.query(
      `UPDATE executions SET state = 'running', session_id = gen_random_uuid(), started_at = now() WHERE id = $1`,
      [id],
    );
    const cancels = Array.from({ length: 8 }, () => app.call('POST', `/executions/${id}/cancel`));
    expect((await Promise.all(cancels)).map(({ status }) => status)).toEqual(cancels.map(() => 200));
    const actions = (await eventsOf(id)).map(({ action }) => action);
    expect(actions).toEqual(['execution.cancelled', 'execution.requested']);
  });

  it('tells who acted on many runs, and on which', async () => {
    const { id: jobId } = await app.jobs.create('default', aJob());
    const asked = {
      action: 'cancel',
      filter: { jobId, state: ['queued', 'pending'] },
      reason: 'cleaning up',
    };
    const started = await app.call('POST', '/bulk-operations', asked);
    const id = String(started.body.id);
    await app.call('POST', `/bulk-operations/${id}/cancel`);
    expect(await eventsOf(id)).toMatchObject([
      { action: 'bulk_operation.cancelled', actor: 'anonymous' },
      {
        action: 'bulk_operation.started',
        reason: 'cleaning up',
        after: { action: 'cancel', filter: { jobId } },
      },
    ]);
  });

  it('tells that a secret has a new value, and never what it is', async () => {
    await app.call('PUT', '/secrets/AUDITED', { value: 'first-value' });
    await app.call('PUT', '/secrets/AUDITED', { value: 'second-value' });
    await app.call('DELETE', '/secrets/AUDITED');
    const events = await eventsOf('AUDITED');
    expect(events.map(({ action, after }) => [action, after])).toEqual([
      ['secret.deleted', null],
      ['secret.updated', { version: 2 }],
      ['secret.created', { version: 1 }],
    ]);
    const { body } = await app.call('POST', '/signing-secrets/rotate', { overlapSeconds: 60 });
    const signing = await eventsOf(String(body.id));
    expect(signing).toMatchObject([{ action: 'signing_secret.created', after: { overlapSeconds: 60 } }]);
    expect(JSON.stringify([...events, ...signing])).not.toMatch(/value|whsec/);
  });
});
