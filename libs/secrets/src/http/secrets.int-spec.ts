import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { loadConfig } from '@app/platform/config';
import {
  rotateMasterKeys,
  SecretResolver,
  SecretsService,
  SigningKeys,
  SigningSecretsService,
} from '../index.js';
import { type SecretsApp, startSecretsApp } from '../testing/secrets-app.js';

jest.setTimeout(60_000);

const aKey = (id: string): string => `${id}:${randomBytes(32).toString('base64')}`;
const OLD_KEY = aKey('old');

let app: SecretsApp;

beforeAll(async () => {
  app = await startSecretsApp(OLD_KEY);
  await app.database.query(`INSERT INTO services (slug, name) VALUES ('other', 'Other')`);
});
afterAll(() => app.close());

const valuesOf = (service: string, ...names: string[]) =>
  app.nest.get(SecretResolver, { strict: false }).valuesOf(service, names);

describe('PUT /secrets/{name}', () => {
  it('keeps a value that only a run gets, and says only what there is', async () => {
    const made = await app.call('PUT', '/secrets/TOKEN', { value: 'hunter2-hunter2' });
    expect(made).toMatchObject({ status: 201, body: { name: 'TOKEN', version: 1 } });
    expect(Object.keys(made.body).sort()).toEqual(['createdAt', 'name', 'updatedAt', 'version']);
    expect(made.headers.get('etag')).toBe('"1"');

    const changed = await app.call('PUT', '/secrets/TOKEN', { value: 'another-value é' });
    expect(changed).toMatchObject({ status: 200, body: { version: 2 } });
    expect(await valuesOf('default', 'TOKEN', 'NONE')).toEqual(new Map([['TOKEN', 'another-value é']]));
    expect(await valuesOf('other', 'TOKEN')).toEqual(new Map());
  });

  it('heeds If-Match', async () => {
    await app.call('PUT', '/secrets/GUARDED', { value: 'first-value' });
    const put = (etag: string) =>
      app.call('PUT', '/secrets/GUARDED', { value: 'second-value' }, { 'If-Match': etag });
    expect(await put('"7"')).toMatchObject({ status: 412, body: { code: 'stale_version' } });
    expect(await valuesOf('default', 'GUARDED')).toEqual(new Map([['GUARDED', 'first-value']]));
    expect(await put('"1"')).toMatchObject({ status: 200, body: { version: 2 } });
    expect(
      await app.call('PUT', '/secrets/NEW', { value: 'first-value' }, { 'If-Match': '"1"' }),
    ).toMatchObject({
      status: 404,
    });
  });

  it('creates only, or replaces only, where it is asked to', async () => {
    const put = (headers: Record<string, string>) =>
      app.call('PUT', '/secrets/ONCE', { value: 'long enough' }, headers);
    expect(await put({ 'If-Match': '*' })).toMatchObject({ status: 412, body: { code: 'secret_absent' } });
    const created = await put({ 'If-None-Match': '*' });
    expect([created.status, created.headers.get('location')]).toEqual([201, '/secrets/ONCE']);
    expect(await put({ 'If-None-Match': '*' })).toMatchObject({
      status: 412,
      body: { code: 'secret_exists' },
    });
    expect(await put({ 'If-Match': '*' })).toMatchObject({ status: 200, body: { version: 2 } });
  });

  it('tells what is known of one', async () => {
    await app.call('PUT', '/secrets/KNOWN', { value: 'long enough' });
    const { status, body } = await app.call('GET', '/secrets/KNOWN');
    expect([status, Object.keys(body ?? {}).sort()]).toEqual([
      200,
      ['createdAt', 'name', 'updatedAt', 'version'],
    ]);
    expect(await app.call('GET', '/secrets/UNKNOWN')).toMatchObject({ status: 404 });
  });

  it.each([
    ['/secrets/1A', { value: 'long enough' }, '/name'],
    ['/secrets/A%2FB', { value: 'long enough' }, '/name'],
    [`/secrets/${'A'.repeat(65)}`, { value: 'long enough' }, '/name'],
    ['/secrets/A', { value: 'short' }, '/value'],
    ['/secrets/A', { value: 'x'.repeat(16_385) }, '/value'],
    ['/secrets/A', { value: 12345678 }, '/value'],
    ['/secrets/A', {}, '/value'],
    ['/secrets/A', { value: 'nul\0inside' }, '/value'],
    ['/secrets/A', { value: 'long enough', name: 'B' }, '/name'],
  ])('refuses %s with %j at %s, and repeats nothing of it', async (path, body, pointer) => {
    const answer = await app.call('PUT', path, body);
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer }] } });
    expect(JSON.stringify(answer.body)).not.toContain('long enough');
  });
});

describe('GET and DELETE', () => {
  it('list by name, page by page, and forget', async () => {
    for (const name of ['L3', 'L1', 'L2'])
      await app.call('PUT', `/secrets/${name}`, { value: `value-of-${name}` });
    const names: unknown[] = [];
    for (let path: string | null = '/secrets?limit=2'; path !== null;) {
      const { body } = await app.call('GET', path);
      expect(JSON.stringify(body)).not.toContain('value-of');
      names.push(...(body.items as { name: string }[]).map(({ name }) => name));
      path = body.nextCursor === null ? null : `/secrets?limit=2&cursor=${body.nextCursor as string}`;
    }
    expect(names.filter((name) => String(name).startsWith('L'))).toEqual(['L1', 'L2', 'L3']);
    expect(names).toEqual([...names].sort());

    expect(await app.call('DELETE', '/secrets/L1', undefined, { 'If-Match': '"9"' })).toMatchObject({
      status: 412,
    });
    expect((await app.call('DELETE', '/secrets/L1')).status).toBe(204);
    expect(await app.call('DELETE', '/secrets/L1')).toMatchObject({
      status: 404,
      body: { code: 'secret_not_found' },
    });
  });

  it('stop at a service’s own', async () => {
    const secrets = app.nest.get(SecretsService, { strict: false });
    await secrets.put('other', 'FOREIGN', 'value-of-other', null);
    expect(JSON.stringify((await app.call('GET', '/secrets?limit=200')).body)).not.toContain('FOREIGN');
    expect((await app.call('DELETE', '/secrets/FOREIGN')).status).toBe(404);
    expect(await valuesOf('other', 'FOREIGN')).toEqual(new Map([['FOREIGN', 'value-of-other']]));
  });

  it('a row moved to another service is of no use there', async () => {
    await app.call('PUT', '/secrets/MOVED', { value: 'value-of-default' });
    await app.database.query(`UPDATE secrets SET service = 'other' WHERE name = 'MOVED'`);
    expect(await valuesOf('other', 'MOVED')).toEqual(new Map([['MOVED', null]]));
  });
});

describe('/signing-secrets', () => {
  const rotate = (body?: object, headers?: Record<string, string>) =>
    app.call('POST', '/signing-secrets/rotate', body, headers);
  const listed = async () =>
    (await app.call('GET', '/signing-secrets')).body.items as Record<string, unknown>[];

  it('shows a new secret once; the one before signs along until it expires', async () => {
    const first = await rotate();
    expect(first).toMatchObject({
      status: 201,
      body: { secret: expect.stringMatching(/^whsec_[\w+/]{43}=$/), expiresAt: null },
    });
    expect(first.headers.get('Cache-Control')).toBe('no-store');
    const second = await rotate({ overlapSeconds: 3_600 });
    const items = await listed();
    expect(items.map(({ id }) => id)).toEqual([second.body.id, first.body.id]);
    expect(items[0]).toEqual({ id: second.body.id, createdAt: second.body.createdAt, expiresAt: null });
    const expiresInMs = Date.parse(String(items[1]?.expiresAt)) - Date.now();
    expect(Math.abs(expiresInMs - 3_600_000)).toBeLessThan(60_000);
    expect(await app.nest.get(SigningKeys, { strict: false }).of('default')).toEqual([
      second.body.secret,
      first.body.secret,
    ]);
  });

  it('keeps five at most, none before it without overlap, and only those of the service', async () => {
    for (let i = 0; i < 7; i++) await rotate({ overlapSeconds: 60 });
    expect(await listed()).toHaveLength(5);
    await rotate({ overlapSeconds: 0 });
    expect((await listed()).filter(({ expiresAt }) => expiresAt === null)).toHaveLength(1);
    await app.nest.get(SigningSecretsService, { strict: false }).rotate('other', 0);
    expect((await listed()).length).toBeLessThanOrEqual(5);
  });

  it('two rotations at once leave one current secret', async () => {
    const answers = await Promise.all([rotate({}), rotate({}), rotate({})]);
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect((await listed()).filter(({ expiresAt }) => expiresAt === null)).toHaveLength(1);
  });

  it('repeats no secret for an Idempotency-Key, and stores none', async () => {
    const headers = { 'Idempotency-Key': 'rotate-1' };
    const first = await rotate({}, headers);
    const again = await rotate({}, headers);
    expect(again).toMatchObject({ status: 201, body: { ...first.body, secret: null } });
    const [row] = await app.database.query<{ kept: string }[]>(
      `SELECT string_agg(k::text, '') AS kept FROM idempotency_keys k`,
    );
    expect(row?.kept).not.toContain(String(first.body.secret).slice(6, 40));
  });

  it('ends one at once, and knows no foreign one', async () => {
    const [{ id }] = (await listed()) as [{ id: string }];
    expect((await app.call('DELETE', `/signing-secrets/${id}`)).status).toBe(204);
    expect((await app.call('DELETE', `/signing-secrets/${id}`)).status).toBe(404);
    const foreign = await app.nest.get(SigningSecretsService, { strict: false }).rotate('other', 0);
    expect((await app.call('DELETE', `/signing-secrets/${foreign.id}`)).status).toBe(404);
    expect((await app.call('DELETE', '/signing-secrets/x')).status).toBe(404);
  });

  it.each([
    { overlapSeconds: -1 },
    { overlapSeconds: 1.5 },
    { overlapSeconds: null },
    { overlapSeconds: 2_592_001 },
  ])('refuses %j', async (body) =>
    expect(await rotate(body)).toMatchObject({
      status: 400,
      body: { errors: [{ pointer: '/overlapSeconds' }] },
    }),
  );
});

describe('without SECRETS_KEYS', () => {
  it('says so, names the variable, and lists nothing', async () => {
    const keyless = await startSecretsApp('');
    for (const [method, path, body] of [
      ['PUT', '/secrets/A', { value: 'long enough' }],
      ['POST', '/signing-secrets/rotate', {}],
    ] as const) {
      const answer = await keyless.call(method, path, body);
      expect(answer).toMatchObject({ status: 409, body: { code: 'secrets_not_configured' } });
      expect(answer.body.detail).toContain('SECRETS_KEYS');
    }
    expect(await keyless.call('GET', '/secrets')).toMatchObject({ status: 200, body: { items: [] } });
    await keyless.close();
  });
});

describe('the rotation of master keys', () => {
  const rotateTo = (keys: string) =>
    rotateMasterKeys(loadConfig({ DATABASE_URL: app.databaseUrl, SECRETS_KEYS: keys }));
  const keyIds = async () => {
    const rows = await app.database.query<{ key_id: string }[]>(
      `SELECT DISTINCT key_id FROM secrets UNION SELECT key_id FROM signing_secrets`,
    );
    return rows.map(({ key_id }) => key_id).sort();
  };

  it('puts all under the first key in batches, keeps values, versions and times, and passes what it cannot open', async () => {
    const secrets = app.nest.get(SecretsService, { strict: false });
    for (let i = 0; i < 230; i++) await secrets.put('default', `R${i}`, `value-${i}-long`, null);
    const before = await app.database.query<unknown[]>(
      `SELECT service, name, version, updated_at, ciphertext FROM secrets ORDER BY 1, 2`,
    );
    const newKey = aKey('new');

    const rotated = await rotateTo(`${newKey},${OLD_KEY}`);
    expect(rotated.rewrapped).toBeGreaterThan(230);
    expect(rotated.unreadable).toEqual(['secret/other/MOVED']);
    expect(await keyIds()).toEqual(['new', 'old']);
    expect(
      await app.database.query(
        `SELECT service, name, version, updated_at, ciphertext FROM secrets ORDER BY 1, 2`,
      ),
    ).toEqual(before);

    expect(await rotateTo(`${newKey},${OLD_KEY}`)).toEqual({
      rewrapped: 0,
      unreadable: ['secret/other/MOVED'],
    });
    expect((await rotateTo(`${OLD_KEY},${newKey}`)).rewrapped).toBe(rotated.rewrapped);
    expect(await valuesOf('default', 'R229')).toEqual(new Map([['R229', 'value-229-long']]));
  });
});
