import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { aJob } from '../../../../../test/support/a-job.js';
import { seedWaiting } from '../../../../../test/support/seed-waiting.js';
import { insertExecution } from '../../http/testing/an-execution.js';
import { type Answer, type ExecutionsApp, startExecutionsApp } from '../../http/testing/executions-app.js';

let app: ExecutionsApp;
let jobId: string;

beforeAll(async () => {
  app = await startExecutionsApp('api');
  jobId = (await app.jobs.create('default', aJob())).id;
  await insertExecution(app.database, { jobId, state: 'pending' });
  await insertExecution(app.database, { jobId, state: 'failed' });
}, 60_000);
afterAll(() => app.close());

const ask = (body: unknown): Promise<Answer> => app.call('POST', '/bulk-operations', body);

async function asked(body: unknown): Promise<string> {
  const { status, headers } = await ask(body);
  expect(status).toBe(202);
  return String(headers.get('location'));
}

describe('a bulk operation', () => {
  it('is accepted with its place, and shown there', async () => {
    const filter = { jobId, state: ['pending'], from: '2026-01-31T13:00:00+01:00' };
    const accepted = await ask({ action: 'cancel', filter, reason: 'a mistake' });
    expect(accepted.status).toBe(202);
    expect(accepted.headers.get('location')).toBe(`/bulk-operations/${String(accepted.body.id)}`);
    expect(accepted.body).toEqual({
      id: expect.any(String),
      action: 'cancel',
      filter: { jobId, state: ['pending'], from: '2026-01-31T12:00:00.000Z' },
      reason: 'a mistake',
      state: 'pending',
      matched: 1,
      done: 0,
      skipped: 0,
      error: null,
      createdBy: 'anonymous',
      createdAt: expect.stringMatching(/Z$/),
      startedAt: null,
      finishedAt: null,
    });
    const shown = await app.call('GET', String(accepted.headers.get('location')));
    expect(shown).toMatchObject({ status: 200, body: accepted.body });
  });

  it('of a dry run is only counted', async () => {
    const before = await app.call('GET', '/bulk-operations');
    const counted = await ask({ action: 'retry', filter: { jobId }, dryRun: true });
    expect(counted).toMatchObject({
      status: 200,
      body: { dryRun: true, action: 'retry', filter: { jobId }, matched: 1 },
    });
    expect((await app.call('GET', '/bulk-operations')).body).toEqual(before.body);
  });

  it('is ended once by a cancel', async () => {
    const path = await asked({ action: 'retry', filter: { jobId } });
    const cancelled = await app.call('POST', `${path}/cancel`);
    expect(cancelled).toMatchObject({
      status: 200,
      body: { state: 'cancelled', finishedAt: expect.any(String) },
    });
    expect(await app.call('POST', `${path}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'bulk_operation_finished' },
    });
  });

  it('that ends the runs of a deleted job cannot be cancelled', async () => {
    const { id } = await app.jobs.create('default', aJob());
    await seedWaiting(app.database, id, 1_001);
    await app.jobs.delete('default', id, null);
    const { body } = await app.call('GET', '/bulk-operations?limit=1');
    const [operation] = body.items as { id: string; filter: { jobId: string } }[];
    expect(operation).toMatchObject({ filter: { jobId: id }, matched: 1, createdBy: 'scheduler' });
    expect(await app.call('POST', `/bulk-operations/${operation!.id}/cancel`)).toMatchObject({
      status: 409,
      body: { code: 'bulk_operation_of_scheduler' },
    });
  });

  it('is listed with the others, newest first', async () => {
    const paths = [
      await asked({ action: 'cancel', filter: { tag: 'a' } }),
      await asked({ action: 'cancel', filter: { tag: 'b' } }),
    ];
    const first = await app.call('GET', '/bulk-operations?limit=1');
    const second = await app.call('GET', `/bulk-operations?limit=1&cursor=${String(first.body.nextCursor)}`);
    const shown = [first, second].map(({ body }) => (body.items as { id: string }[])[0]?.id);
    expect(shown.map((id) => `/bulk-operations/${id}`)).toEqual(paths.toReversed());
  });

  it('is not found under an id that is none', async () => {
    for (const id of [randomUUID(), 'nonsense']) {
      for (const answer of [
        await app.call('GET', `/bulk-operations/${id}`),
        await app.call('POST', `/bulk-operations/${id}/cancel`),
      ])
        expect(answer).toMatchObject({ status: 404, body: { code: 'bulk_operation_not_found' } });
    }
  });

  it.each<[string, unknown, string, string]>([
    ['an empty filter', { action: 'cancel', filter: {} }, '/filter', 'empty_filter'],
    ['no filter', { action: 'cancel' }, '/filter', 'required'],
    ['a list for a filter', { action: 'cancel', filter: [] }, '/filter', 'invalid_type'],
    ['an unknown action', { action: 'pause', filter: { tag: 'a' } }, '/action', 'is_in'],
    [
      'a misspelt condition',
      { action: 'retry', filter: { sate: ['failed'] } },
      '/filter/sate',
      'unknown_property',
    ],
    ['no states', { action: 'retry', filter: { state: [] } }, '/filter/state', 'array_not_empty'],
    ['a null', { action: 'retry', filter: { jobId: null } }, '/filter/jobId', 'is_uuid'],
    ['a local time', { action: 'retry', filter: { from: '2026-01-31' } }, '/filter/from', 'invalid_instant'],
    [
      'an empty window',
      { action: 'retry', filter: { from: '2026-01-31T12:00:00Z', to: '2026-01-31T12:00:00Z' } },
      '/filter/to',
      'not_after_from',
    ],
    [
      'a retry of what waits',
      { action: 'retry', filter: { state: ['failed', 'pending'] } },
      '/filter/state/1',
      'state_not_for_action',
    ],
    [
      'a cancel of what ended',
      { action: 'cancel', filter: { state: ['failed'] } },
      '/filter/state/0',
      'state_not_for_action',
    ],
    [
      'a long reason',
      { action: 'cancel', filter: { tag: 'a' }, reason: 'x'.repeat(501) },
      '/reason',
      'is_length',
    ],
  ])('is refused with %s, and nothing is stored', async (_what, body, pointer, code) => {
    const before = await app.call('GET', '/bulk-operations');
    const refused = await ask(body);
    expect(refused.status).toBe(400);
    expect(refused.body.errors).toEqual(expect.arrayContaining([expect.objectContaining({ pointer, code })]));
    expect((await app.call('GET', '/bulk-operations')).body).toEqual(before.body);
  });
});
