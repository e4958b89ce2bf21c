import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it, jest } from '@jest/globals';
import { waitFor } from '../../../../../test/support/wait-for.js';
import type { Execution } from '../../domain/execution.js';
import type { ExecutionsService } from '../../executions.service.js';
import { aJob } from '../../../../../test/support/a-job.js';
import { type ExecutionsApp, startExecutionsApp } from '../testing/executions-app.js';

const WAIT = { Prefer: 'wait=60' };

let app: ExecutionsApp;
let path: string;

beforeAll(async () => {
  app = await startExecutionsApp('api');
  path = `/jobs/${(await app.jobs.create('default', aJob())).id}/execute`;
});
afterAll(() => app.close());

function watch(): jest.SpiedFunction<ExecutionsService['get']> {
  return jest.spyOn(app.executions, 'get');
}

it('stops looking when the client goes', async () => {
  const get = watch();
  const client = new AbortController();
  const answer = fetch(app.url + path, { method: 'POST', headers: WAIT, signal: client.signal });
  await waitFor(() => get.mock.calls.length >= 3);
  client.abort();
  await expect(answer).rejects.toThrow('abort');
  await waitFor(async () => {
    const looks = get.mock.calls.length;
    await delay(600);
    return get.mock.calls.length === looks;
  });
  get.mockRestore();
});

it('does not refuse a run that it accepted because it cannot look at it', async () => {
  const get = watch();
  const answer = app.call('POST', path, undefined, { Prefer: 'wait=1' });
  await waitFor(() => get.mock.calls.length >= 1);
  get.mockRejectedValue(new Error('the database is away'));
  expect(await answer).toMatchObject({ status: 202, body: { trigger: 'manual' } });
  get.mockRestore();
});

it('looks no more than four times a second', async () => {
  const get = watch();
  await app.call('POST', path, undefined, { Prefer: 'wait=1' });
  expect(get.mock.calls.length).toBeGreaterThan(1);
  expect(get.mock.calls.length).toBeLessThanOrEqual(6);
  get.mockRestore();
});

it('answers those who wait before the process shuts down', async () => {
  const other = await startExecutionsApp('api');
  const { id } = await other.jobs.create('default', aJob());
  const answer = other.call('POST', `/jobs/${id}/execute`, undefined, WAIT);
  await waitFor(async () => {
    const rows = await other.database.query<Pick<Execution, 'id'>[]>('SELECT id FROM executions');
    return rows.length > 0;
  });
  await delay(150);
  const closingAtMs = performance.now();
  await other.close();
  expect(performance.now() - closingAtMs).toBeLessThan(2_000);
  expect(await answer).toMatchObject({ status: 202 });
});
