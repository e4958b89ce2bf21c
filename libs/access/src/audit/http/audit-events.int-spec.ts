import { beforeAll, describe, expect, it } from '@jest/globals';
import { type AccessApp, bearer, type RequestHeaders } from '../../testing/access-app.js';
import { START_TIMEOUT_MS, useAccessApps } from '../../testing/use-access-apps.js';

type Event = Record<string, unknown>;

const { startApp } = useAccessApps();
let app: AccessApp;
let admin: RequestHeaders;
let adminId: string;

beforeAll(async () => {
  app = await startApp();
  const { key, text } = await app.issue();
  [admin, adminId] = [bearer(text), key.id];
}, START_TIMEOUT_MS);

async function eventsOf(query = '', by = admin): Promise<Event[]> {
  const { status, body } = await app.call('GET', `/audit-events${query}`, by);
  expect({ status, body }).toMatchObject({ status: 200 });
  return body.items as Event[];
}

const make = async (name: string) =>
  (await app.call('POST', '/keys', admin, { name, role: 'viewer' })).body as { id: string; key: string };

describe('the audit of keys', () => {
  it('tells who made, rotated and revoked one, and never what opens it', async () => {
    const { id, key } = await make('audited');
    const rotated = await app.call('POST', `/keys/${id}/rotate`, admin, { overlapSeconds: 0 });
    const revoked = await app.call('DELETE', `/keys/${id}`, { ...admin, 'X-Request-Id': 'the-last' });
    expect([rotated.status, revoked.status]).toEqual([200, 204]);
    const events = await eventsOf(`?resourceId=${id}`);
    expect(events).toMatchObject([
      { action: 'key.revoked', actor: `key:${adminId}`, requestId: 'the-last', after: null },
      { action: 'key.rotated', actor: `key:${adminId}`, before: { version: 1 }, after: { version: 2 } },
      { action: 'key.created', actor: `key:${adminId}`, before: null, after: { name: 'audited' } },
    ]);
    const secret = key.split('_')[3] ?? '?';
    expect(JSON.stringify(events)).not.toContain(secret);
    expect(JSON.stringify(events)).not.toMatch(/hash/i);
  });

  it('is left alone by what is refused', async () => {
    const { status } = await app.call('DELETE', `/keys/${adminId}`, { ...admin, 'If-Match': '"99"' });
    expect(status).toBe(412);
    expect(await eventsOf(`?resourceId=${adminId}&action=key.revoked`)).toEqual([]);
  });

  it('names the command that made the first key', async () => {
    expect(await eventsOf(`?resourceId=${adminId}`)).toMatchObject([
      { action: 'key.created', actor: 'key:create', requestId: null },
    ]);
  });
});

describe('reading the audit', () => {
  it('needs its scope, and shows a service its own events only', async () => {
    const viewer = bearer((await make('viewer')).key);
    expect((await app.call('GET', '/audit-events', viewer)).status).toBe(403);
    const other = bearer((await app.issue({}, 'other')).text);
    expect(await eventsOf('', other)).toMatchObject([{ service: 'other', action: 'key.created' }]);
  });

  it('pages without a gap or a double, with a link to the next', async () => {
    for (const name of ['p1', 'p2', 'p3']) await make(name);
    const all = (await eventsOf('?resourceType=key')).map(({ id }) => id);
    const seen: unknown[] = [];
    for (let path = '/audit-events?limit=2&resourceType=key'; path !== '';) {
      const { headers, body } = await app.call('GET', path, admin);
      seen.push(...(body.items as Event[]).map(({ id }) => id));
      path = /<(.*)>; rel="next"/.exec(headers.get('Link') ?? '')?.[1] ?? '';
    }
    expect(seen).toEqual(all);
  });

  it('finds by actor, action and time', async () => {
    const { id } = await make('found');
    const [event] = await eventsOf(`?resourceId=${id}`);
    const at = encodeURIComponent(String(event?.at));
    expect(await eventsOf(`?actor=key:${adminId}&action=key.created&from=${at}&resourceId=${id}`)).toEqual([
      event,
    ]);
    expect(await eventsOf(`?resourceId=${id}&to=${at}`)).toEqual([]);
    expect(await eventsOf(`?resourceId=${id}&actor=nobody`)).toEqual([]);
    expect(await eventsOf(`?resourceId=${id}&action=key.revoked,key.rotated`)).toEqual([]);
  });

  it.each([
    ['action=job.guessed', '/action'],
    ['resourceType=planet', '/resourceType'],
    ['from=yesterday', '/from'],
    ['from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', '/to'],
    ['cursor=nonsense', '/cursor'],
    ['colour=red', '/colour'],
  ])('refuses ?%s at %s', async (query, pointer) => {
    const { status, body } = await app.call('GET', `/audit-events?${query}`, admin);
    expect({ status, errors: body.errors }).toMatchObject({ status: 400, errors: [{ pointer }] });
  });
});

describe('the audit of services', () => {
  it('tells a service what an operator did to it', async () => {
    const operator = bearer((await app.issue({ scopes: ['service:admin'] }, 'operators')).text);
    const made = await app.call('POST', '/services', operator, { slug: 'payments', name: 'Payments' });
    expect(made.status).toBe(201);
    const patched = await app.call('PATCH', '/services/payments', operator, { maxJobs: 3 });
    expect(patched.status).toBe(200);
    const reader = bearer((await app.issue({ scopes: ['audit:read'] }, 'payments')).text);
    expect(await eventsOf('?resourceType=service', reader)).toMatchObject([
      { action: 'service.updated', before: { maxJobs: null }, after: { maxJobs: 3 } },
      { action: 'service.created', resourceId: 'payments', after: { name: 'Payments' } },
    ]);
  });
});
