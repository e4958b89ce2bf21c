import { beforeAll, describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { scopesOf } from '../../domain/scopes.js';
import {
  type AccessApp,
  type Answer,
  bearer,
  PEPPER,
  type RequestHeaders,
} from '../../testing/access-app.js';
import { START_TIMEOUT_MS, useAccessApps } from '../../testing/use-access-apps.js';

const UNKNOWN_ID = '01900000-0000-7000-8000-000000000000';

const { startApp } = useAccessApps();
let app: AccessApp;
/** The credential of an admin of the service `default`. */
let admin: RequestHeaders;

beforeAll(async () => {
  app = await startApp();
  admin = bearer((await app.issue()).text);
}, START_TIMEOUT_MS);

const create = (body: object, by = admin, headers: RequestHeaders = {}): Promise<Answer> =>
  app.call('POST', '/keys', { ...by, ...headers }, { name: 'made', ...body });

describe('creating a key', () => {
  it('shows it once, where and never to be kept by anybody on the way', async () => {
    const { status, headers, body } = await create({ role: 'viewer' });
    expect(status).toBe(201);
    expect(headers.get('Location')).toBe(`/keys/${body.id as string}`);
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(body.scopes).toEqual(scopesOf({ role: 'viewer' }));
    expect((await app.call('GET', '/jobs', bearer(body.key as string))).status).toBe(200);
    const shown = await app.call('GET', `/keys/${body.id as string}`, admin);
    expect(shown.body).toEqual({ ...body, lastUsedAt: shown.body.lastUsedAt, key: undefined });
    expect(JSON.stringify((await app.call('GET', '/keys', admin)).body)).not.toMatch(/sch_|hash|secret"/i);
  });

  it('keeps nothing that opens anything: only the HMAC of the secret under the pepper', async () => {
    const { body } = await create({ role: 'viewer' });
    const secret = (body.key as string).split('_')[3] ?? '';
    const [row] = await app.database.query<[Record<string, unknown>]>(
      'SELECT * FROM api_keys WHERE id = $1',
      [body.id],
    );
    expect(row.secret_hash).toEqual(createHmac('sha256', PEPPER).update(secret).digest());
    expect(JSON.stringify(row)).not.toContain(secret);
  });

  it('takes a role and scopes beyond it, CIDRs as they are meant, and an end', async () => {
    const spec = { role: 'viewer', scopes: ['keys:manage'], allowedCidrs: ['127.9.9.9/8', '::1'] };
    const { body } = await create({ ...spec, expiresAt: '2099-01-31T13:00:00+01:00' });
    expect(body).toMatchObject({
      scopes: [...scopesOf({ role: 'viewer' }), 'keys:manage'],
      allowedCidrs: ['127.0.0.0/8', '::1/128'],
      expiresAt: '2099-01-31T12:00:00.000Z',
    });
  });

  it.each<[object, string, string]>([
    [{ name: '' }, '/name', 'invalid_name'],
    [{ name: 5, role: 'viewer' }, '/name', 'invalid_name'],
    [{}, '/scopes', 'required'],
    [{ role: 'root' }, '/role', 'is_in'],
    [{ role: null }, '/role', 'is_in'],
    [{ scopes: [] }, '/scopes', 'array_min_size'],
    [{ scopes: ['jobs:read', 'jobs:read'] }, '/scopes', 'array_unique'],
    [{ scopes: ['jobs:*'] }, '/scopes', 'is_in'],
    [{ role: 'viewer', allowedCidrs: ['10.0.0.0/33'] }, '/allowedCidrs', 'invalid_cidrs'],
    [{ role: 'viewer', allowedCidrs: '10.0.0.0/8' }, '/allowedCidrs', 'invalid_cidrs'],
    [{ role: 'viewer', expiresAt: '2020-01-01T00:00:00Z' }, '/expiresAt', 'in_the_past'],
    [{ role: 'viewer', expiresAt: '2099-02-30T00:00:00Z' }, '/expiresAt', 'invalid_instant'],
    [{ role: 'viewer', expiresAt: '9999-12-31T23:59:59-01:00' }, '/expiresAt', 'invalid_instant'],
    [{ role: 'viewer', service: 'other' }, '/service', 'unknown_property'],
  ])('refuses %j at %s', async (body, pointer, code) => {
    expect(await create(body)).toMatchObject({ status: 400, body: { errors: [{ pointer, code }] } });
  });

  it('replayed by its Idempotency-Key is the same key, without its secret, which nobody has kept', async () => {
    const once = { 'Idempotency-Key': 'create-once' };
    const first = await create({ role: 'viewer' }, admin, once);
    const again = await create({ role: 'viewer' }, admin, once);
    expect(again.headers.get('Idempotent-Replayed')).toBe('true');
    expect(again).toMatchObject({ status: 201, body: { ...first.body, key: null } });
    const secret = (first.body.key as string).split('_')[3] ?? 'none';
    const rows = await app.database.query<object[]>('SELECT * FROM idempotency_keys');
    expect(JSON.stringify(rows)).not.toContain(secret);
  });
});

describe('a key cannot make a wider one', () => {
  it.each<[string, object, string]>([
    ['with a scope that it lacks', { role: 'editor' }, '/scopes'],
    ['for everywhere', { role: 'viewer' }, '/allowedCidrs'],
    ['for a wider network', { role: 'viewer', allowedCidrs: ['126.0.0.0/7'] }, '/allowedCidrs'],
    ['for ever', { role: 'viewer', allowedCidrs: ['127.0.0.1'] }, '/expiresAt'],
    [
      'for longer',
      { role: 'viewer', allowedCidrs: ['127.0.0.1'], expiresAt: '2099-01-01T00:00:00.001Z' },
      '/expiresAt',
    ],
  ])('%s', async (_how, body, pointer) => {
    const narrow = await aNarrowKey();
    const answer = await create(body, narrow);
    expect(answer).toMatchObject({ status: 403, body: { code: 'wider_than_own' } });
    expect(answer.body.errors).toContainEqual(expect.objectContaining({ pointer }));
  });

  it('but one as wide as itself', async () => {
    const same = { allowedCidrs: ['127.0.0.0/8'], expiresAt: '2099-01-01T00:00:00Z' };
    const answer = await create({ ...same, role: 'viewer', scopes: ['keys:manage'] }, await aNarrowKey());
    expect(answer.status).toBe(201);
  });

  it('nor take over a wider one by rotating it', async () => {
    const wide = await app.issue();
    const answer = await app.call('POST', `/keys/${wide.key.id}/rotate`, await aNarrowKey(), {});
    expect(answer).toMatchObject({ status: 403, body: { code: 'wider_than_own' } });
    expect((await app.call('GET', '/whoami', bearer(wide.text))).status).toBe(200);
  });

  async function aNarrowKey(): Promise<RequestHeaders> {
    const { text } = await app.issue({
      scopes: scopesOf({ role: 'viewer', scopes: ['keys:manage'] }),
      allowedCidrs: ['127.0.0.0/8'],
      expiresAt: new Date('2099-01-01T00:00:00Z'),
    });
    return bearer(text);
  }
});

describe('the keys of a service', () => {
  it('are listed page by page, newest first, without those revoked', async () => {
    const by = bearer((await app.issue({}, 'paged')).text);
    const made = [];
    for (let n = 0; n < 3; n++) made.push((await create({ role: 'viewer' }, by)).body.id);
    await app.call('DELETE', `/keys/${made[1] as string}`, by);
    const first = await app.call('GET', '/keys?limit=2', by);
    const items = first.body.items as { id: string }[];
    expect(items.map(({ id }) => id)).toEqual([made[2], made[0]]);
    const rest = await app.call('GET', `/keys?limit=2&cursor=${first.body.nextCursor as string}`, by);
    expect(rest.body).toMatchObject({ items: [{ name: 'a key' }], nextCursor: null });
  });

  it.each(['unknown', 'of another service', 'revoked', 'no id'])(
    'do not have one that is %s',
    async (kind) => {
      const foreign = await app.issue({}, 'foreign');
      const revoked = await app.issue();
      await app.call('DELETE', `/keys/${revoked.key.id}`, admin);
      const ids: Record<string, string> = {
        unknown: UNKNOWN_ID,
        'of another service': foreign.key.id,
        revoked: revoked.key.id,
        'no id': 'x',
      };
      const path = `/keys/${ids[kind] ?? ''}`;
      const absent = { status: 404, body: { code: 'key_not_found' } };
      expect(await app.call('GET', path, admin)).toMatchObject(absent);
      expect(await app.call('POST', `${path}/rotate`, admin, {})).toMatchObject(absent);
      expect(await app.call('DELETE', path, admin)).toMatchObject(absent);
      expect((await app.call('GET', '/whoami', bearer(foreign.text))).status).toBe(200);
    },
  );

  it('are guarded by their ETag', async () => {
    const { body, headers } = await create({ role: 'viewer' });
    const path = `/keys/${body.id as string}`;
    expect(headers.get('ETag')).toBe('"1"');
    await app.call('POST', `${path}/rotate`, { ...admin, 'If-Match': '"1"' }, {});
    const stale = { status: 412, body: { code: 'stale_version' } };
    const asked = { ...admin, 'If-Match': '"1"' };
    expect(await app.call('POST', `${path}/rotate`, asked, {})).toMatchObject(stale);
    expect(await app.call('DELETE', path, asked)).toMatchObject(stale);
    expect((await app.call('DELETE', path, { ...admin, 'If-Match': '"2"' })).status).toBe(204);
  });

  it.each([-1, 2_592_001, 1.5, '60', null])(
    'are not rotated with an overlap of %j',
    async (overlapSeconds) => {
      const { key } = await app.issue();
      const answer = await app.call('POST', `/keys/${key.id}/rotate`, admin, { overlapSeconds });
      expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '/overlapSeconds' }] } });
    },
  );

  it('are not rotated once they have expired', async () => {
    const { key } = await app.issue({ expiresAt: new Date(Date.now() - 1_000) });
    const answer = await app.call('POST', `/keys/${key.id}/rotate`, admin, {});
    expect(answer).toMatchObject({ status: 409, body: { code: 'key_expired' } });
  });

  it('are for those only who may manage keys', async () => {
    const editor = bearer((await app.issue({ scopes: scopesOf({ role: 'editor' }) })).text);
    for (const [method, path] of [
      ['GET', '/keys'],
      ['POST', '/keys'],
      ['DELETE', `/keys/${UNKNOWN_ID}`],
    ])
      expect(await app.call(method ?? '', path ?? '', editor)).toMatchObject({
        status: 403,
        body: { detail: 'This needs the scope keys:manage.' },
      });
  });
});

describe('without a pepper', () => {
  it('there are no keys to make', async () => {
    const open = await startApp({ AUTH_MODE: 'none', API_KEY_PEPPER: '' });
    const answer = await open.call('POST', '/keys', {}, { name: 'x', role: 'viewer' });
    expect(answer).toMatchObject({ status: 409, body: { code: 'keys_not_configured' } });
  });
});
