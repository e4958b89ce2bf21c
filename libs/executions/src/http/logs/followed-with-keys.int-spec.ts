import { afterAll, afterEach, beforeAll, beforeEach, expect, it, jest } from '@jest/globals';
import { Admission, type FreshKey, KeysService, type Principal, scopesOf } from '@app/access';
import { aJob } from '../../../../../test/support/a-job.js';
import { waitFor } from '../../../../../test/support/wait-for.js';
import { scheduledForOf } from '../../domain/execution-id.js';
import { insertExecution } from '../testing/an-execution.js';
import { eventsOf } from '../testing/event-stream.js';
import { type ExecutionsApp, startExecutionsApp } from '../testing/executions-app.js';
import { CredentialWatch } from '../waiting/credential-watch.js';

const ACCESS = { AUTH_MODE: 'api-key', API_KEY_PEPPER: 'the pepper of this test, of 32 bytes and more' };
const ADMIN: Principal = {
  service: 'default',
  actor: 'the test',
  scopes: new Set(scopesOf({ role: 'admin' })),
  keyId: null,
  bounds: { expiresAt: null, allowedCidrs: [] },
};

let app: ExecutionsApp;
let executionId: string;
let client: AbortController;

beforeAll(async () => {
  app = await startExecutionsApp('api', 'postgres', false, ACCESS);
  const { id: jobId } = await app.jobs.create('default', aJob());
  executionId = await insertExecution(app.database, { jobId, state: 'pending' });
});
afterAll(() => app.close());
beforeEach(() => {
  client = new AbortController();
});
afterEach(() => client.abort());

function issue(expiresAt: Date | null = null): Promise<FreshKey> {
  const spec = { name: 'a key', scopes: ['executions:read' as const], allowedCidrs: [], expiresAt };
  return app.get(KeysService).createFirst('default', spec);
}

function follow({ text }: FreshKey): Promise<Response> {
  const headers = { Authorization: `Bearer ${text}` };
  return fetch(`${app.url}/executions/${executionId}/logs?follow=true`, { headers, signal: client.signal });
}

/** Like `revoke` in another process, of which this one hears when it reads its keys again. */
function revokeElsewhere({ key }: FreshKey): Promise<unknown> {
  return app.database.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [key.id]);
}

it('a log that is followed ends within 5 s when its key is revoked, and cannot be followed on', async () => {
  const key = await issue();
  const stream = await follow(key);
  await revokeElsewhere(key);
  const revokedAtMs = performance.now();
  expect(await stream.text()).toBe('retry: 1000\n\n');
  expect(performance.now() - revokedAtMs).toBeLessThan(5_000);
  expect((await follow(key)).status).toBe(401);
}, 20_000);

it('ends when its key expires', async () => {
  const key = await issue(new Date(Date.now() + 4_000));
  const stream = await follow(key);
  expect(stream.status).toBe(200);
  expect(await stream.text()).toBe('retry: 1000\n\n');
}, 20_000);

it('goes on while its key is asked about and holds, also in the overlap of a rotation', async () => {
  const watch = app.get(CredentialWatch);
  const asked = jest.spyOn(app.get(Admission), 'wouldAdmitAgain');
  watch.askEveryMs = 20;
  const fresh = await issue();
  const events = eventsOf(await follow(fresh));
  await waitFor(() => asked.mock.calls.length >= 3);
  await app.get(KeysService).rotate(ADMIN, fresh.key.id, 600, null);
  asked.mockClear();
  await waitFor(() => asked.mock.calls.length >= 3);
  watch.askEveryMs = 1_500;
  const place = { executionId, scheduledFor: scheduledForOf(executionId), seq: 1, attempt: 1 };
  await app.logs.append([{ ...place, stream: 'stdout', at: new Date(), text: 'still here' }]);
  expect((await events.next()).value).toMatchObject({ data: { text: 'still here' } });
  asked.mockRestore();
});
