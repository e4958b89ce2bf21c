import { beforeAll, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { scopesOf } from '../../domain/scopes.js';
import { type AccessApp, type Answer, bearer, type RequestHeaders } from '../../testing/access-app.js';
import { START_TIMEOUT_MS, useAccessApps } from '../../testing/use-access-apps.js';

const { startApp } = useAccessApps();
let app: AccessApp;
/** Makes services and their keys, of a service of its own. */
let operator: RequestHeaders;

beforeAll(async () => {
  app = await startApp();
  operator = await keyOf('operators', scopesOf({ role: 'editor', scopes: ['keys:manage', 'service:admin'] }));
  const made = await app.call('POST', '/services', operator, { slug: 'payments', name: 'Payments' });
  expect(made.status).toBe(201);
}, START_TIMEOUT_MS);

async function keyOf(service: string, scopes: ReturnType<typeof scopesOf>): Promise<RequestHeaders> {
  return bearer((await app.issue({ scopes }, service)).text);
}

const create = (service: string, body: object, headers: RequestHeaders = operator): Promise<Answer> =>
  app.call('POST', `/services/${service}/keys`, headers, { name: 'made', ...body });

describe("a service's keys", () => {
  it('begin with one that an operator makes, which works in that service and is in its audit log', async () => {
    const { status, headers, body } = await create('payments', { role: 'editor' });
    expect(status).toBe(201);
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.get('Location')).toBe(`/services/payments/keys/${body.id as string}`);
    const key = bearer(body.key as string);
    expect(await app.call('GET', '/whoami', key)).toMatchObject({ body: { service: 'payments' } });
    const auditor = await keyOf('payments', ['audit:read']);
    const { body: audit } = await app.call('GET', '/audit-events?action=key.created', auditor);
    expect(audit.items).toContainEqual(
      expect.objectContaining({ actor: body.createdBy, resourceId: body.id, service: 'payments' }),
    );
  });

  it('are shown to operators without their secrets, page by page', async () => {
    const made = [await create('payments', { role: 'viewer' }), await create('payments', { role: 'viewer' })];
    const first = await app.call('GET', '/services/payments/keys?limit=1', operator);
    expect(first.body).toMatchObject({ items: [{ id: made[1]!.body.id, service: 'payments' }] });
    const rest = `/services/payments/keys?limit=1&cursor=${first.body.nextCursor as string}`;
    expect((await app.call('GET', rest, operator)).body).toMatchObject({ items: [{ id: made[0]!.body.id }] });
    const { status, body } = await app.call('GET', made[0]!.headers.get('Location')!, operator);
    expect([status, body.key, body.createdBy]).toEqual([200, undefined, made[0]!.body.createdBy]);
  });

  it('end when an operator revokes them', async () => {
    const { headers, body } = await create('payments', { role: 'viewer' });
    const path = headers.get('Location')!;
    const stale = await app.call('DELETE', path, { ...operator, 'If-Match': '"2"' });
    expect(stale).toMatchObject({ status: 412, body: { code: 'stale_version' } });
    expect((await app.call('DELETE', path, operator)).status).toBe(204);
    expect((await app.call('GET', '/whoami', bearer(body.key as string))).status).toBe(401);
    expect(await app.call('GET', path, operator)).toMatchObject({
      status: 404,
      body: { code: 'key_not_found' },
    });
  });

  it('are no wider than the one of the operator who makes them', async () => {
    const answer = await create('payments', { role: 'viewer', scopes: ['audit:read', 'commands:run'] });
    expect(answer).toMatchObject({ status: 403, body: { code: 'wider_than_own' } });
    expect((answer.body.errors as { detail: string }[]).map(({ detail }) => detail.split(' ')[0])).toEqual([
      'audit:read',
      'commands:run',
    ]);
  });

  it('are none of an operator, who would be hidden there', async () => {
    expect(await create('payments', { scopes: ['service:admin'] })).toMatchObject({
      status: 403,
      body: { code: 'wider_than_own', errors: [{ pointer: '/scopes' }] },
    });
    expect((await create('operators', { scopes: ['service:admin'] })).status).toBe(201);
  });

  it('are made once for an Idempotency-Key, whose replay shows no secret', async () => {
    const once = { ...operator, 'Idempotency-Key': 'a-first-key' };
    const first = await create('payments', { role: 'viewer' }, once);
    const again = await create('payments', { role: 'viewer' }, once);
    expect(again).toMatchObject({ status: 201, body: { ...first.body, key: null } });
  });

  it.each(['nobody', 'NOT A SLUG', '%00'])('are not there for the service %s', async (service) => {
    const absent = { status: 404, body: { code: 'service_not_found' } };
    const path = `/services/${encodeURI(service)}/keys`;
    expect(await app.call('POST', path, operator, { name: 'x', role: 'viewer' })).toMatchObject(absent);
    expect(await app.call('GET', path, operator)).toMatchObject(absent);
    expect(await app.call('GET', `${path}/${randomUUID()}`, operator)).toMatchObject(absent);
    expect(await app.call('DELETE', `${path}/${randomUUID()}`, operator)).toMatchObject(absent);
  });

  it("are found below their own service only, and never another's", async () => {
    const { body } = await create('payments', { role: 'viewer' });
    const path = `/services/operators/keys/${body.id as string}`;
    expect(await app.call('DELETE', path, operator)).toMatchObject({ status: 404 });
    expect((await app.call('GET', '/whoami', bearer(body.key as string))).status).toBe(200);
  });

  it('are for those only who may both look across services and manage keys', async () => {
    for (const scopes of [scopesOf({ role: 'admin' }), scopesOf({ scopes: ['service:admin'] })]) {
      const key = await keyOf('operators', scopes);
      expect(await create('payments', { role: 'viewer' }, key)).toMatchObject({
        status: 403,
        body: { code: 'scope_missing' },
      });
      expect((await app.call('GET', '/services/payments/keys', key)).status).toBe(403);
    }
  });
});
