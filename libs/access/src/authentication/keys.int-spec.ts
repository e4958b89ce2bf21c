import { beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type IncomingMessage, request as ask } from 'node:http';
import { text as textOf } from 'node:stream/consumers';
import type { Request } from 'express';
import { waitFor } from '../../../../test/support/wait-for.js';
import { Admission } from '../admission.js';
import { scopesOf } from '../domain/scopes.js';
import { KeyUses } from '../keys/key-uses.js';
import { KeysRepository } from '../keys/keys.repository.js';
import { KeysService } from '../keys/keys.service.js';
import { type AccessApp, bearer } from '../testing/access-app.js';
import { START_TIMEOUT_MS, useAccessApps } from '../testing/use-access-apps.js';

const { startApp } = useAccessApps();
/** Two processes of the api. */
let app: AccessApp;
let other: AccessApp;

beforeAll(async () => {
  app = await startApp({ TRUST_PROXY: 'loopback' });
  other = await startApp({ DOCS_PUBLIC: 'true' });
}, START_TIMEOUT_MS);

const statusOf = async (text: string, at = app) => (await at.call('GET', '/whoami', bearer(text))).status;

describe('a stranger', () => {
  it.each(['/whoami', '/jobs', '/keys', '/forgotten', '/docs', '/openapi.json', '/nowhere', '/Health/live'])(
    'is asked at %s for a credential',
    async (path) => {
      const { status, headers, body } = await app.call('GET', path);
      expect(status).toBe(401);
      expect(headers.get('WWW-Authenticate')).toBe('Bearer');
      expect(body).toMatchObject({ code: 'credentials_missing', instance: path });
    },
  );

  it('is not read: the body it sends is not even looked at', async () => {
    const response = await fetch(`${app.url}/jobs`, { method: 'POST', body: '{"broken', headers: {} });
    expect(response.status).toBe(401);
  });

  it('may ask for health', async () => {
    expect((await app.call('GET', '/health/live')).status).toBe(200);
    expect((await fetch(`${app.url}/health/live`, { method: 'HEAD' })).status).toBe(200);
  });

  it.each([
    ['GET', '/health/live', 200],
    ['POST', '/health/live', 405],
    ['DELETE', '/health/live', 405],
    ['POST', '/health/nothing', 404],
    ['POST', '/metrics', 404],
    ['POST', '/docs', 404],
    ['PUT', '/openapi.json', 404],
  ])('gets its answer to %s %s, %d, before its body has come', async (method, path, status) => {
    const headers = { 'Content-Type': 'application/json', 'Content-Length': 925_000 };
    const asking = ask(other.url + path, { method, headers });
    asking.flushHeaders();
    const [answer] = (await once(asking, 'response')) as [IncomingMessage];
    const body = await textOf(answer);
    asking.on('error', () => undefined).destroy();
    expect(answer.statusCode).toBe(status);
    if (status === 405) expect(answer.headers.allow).toBe('GET, HEAD');
    if (status >= 400) expect(body).toMatch(/"code":"(not_found|method_not_allowed)"/);
  });
});

describe('an API key', () => {
  it.each(['Authorization', 'X-API-Key'])('is taken from %s', async (header) => {
    const { text, key } = await app.issue({ scopes: ['jobs:read'] }, 'payments');
    const value = header === 'Authorization' ? `Bearer ${text}` : text;
    const { status, body } = await app.call('GET', '/whoami', { [header]: value });
    expect(status).toBe(200);
    expect(body).toEqual({ service: 'payments', actor: `key:${key.id}`, scopes: ['jobs:read'] });
  });

  it('is refused when it comes twice, or is half of a header', async () => {
    const { text } = await app.issue();
    const twice = await app.call('GET', '/whoami', { ...bearer(text), 'X-API-Key': text });
    expect(twice).toMatchObject({ status: 401, body: { code: 'credentials_invalid' } });
    expect(await statusOf('')).toBe(401);
    expect((await app.call('GET', '/whoami', { Authorization: text })).status).toBe(401);
    expect((await app.call('GET', '/whoami', { Authorization: `Basic ${text}` })).status).toBe(401);
  });

  it.each(['Authorization', 'X-API-Key'])(
    'in %s gets answers that no cache gives to another',
    async (header) => {
      const { text } = await app.issue({ scopes: scopesOf({ role: 'viewer' }) });
      const credential = { [header]: header === 'Authorization' ? `Bearer ${text}` : text };
      for (const path of ['/jobs', '/nowhere', '/forgotten']) {
        const { headers } = await app.call('GET', path, credential);
        expect(headers.get('Cache-Control')).toBe('private, no-cache');
        expect(headers.get('Vary')).toBe('Authorization, X-API-Key, X-Scheduler-Service');
      }
      expect((await app.call('GET', '/jobs')).headers.get('Cache-Control')).toBe('private, no-cache');
    },
  );

  it('opens what its scopes say, and the answer names the missing one', async () => {
    const { text } = await app.issue({ scopes: scopesOf({ role: 'viewer' }) });
    expect((await app.call('GET', '/jobs', bearer(text))).status).toBe(200);
    const { status, headers, body } = await app.call('POST', '/jobs', bearer(text));
    expect(status).toBe(403);
    expect(body).toMatchObject({ code: 'scope_missing', detail: 'This needs the scope jobs:write.' });
    expect(headers.get('WWW-Authenticate')).toBe('Bearer error="insufficient_scope", scope="jobs:write"');
  });

  it('does not open a route that nobody gave a rule', async () => {
    const { text } = await app.issue();
    expect(await app.call('GET', '/forgotten', bearer(text))).toMatchObject({
      status: 403,
      body: { code: 'route_closed' },
    });
  });

  it('with a typo is refused without asking the database', async () => {
    const { text } = await app.issue();
    const repository = app.get(KeysRepository);
    const known = repository.known.bind(repository);
    let lookUps = 0;
    repository.known = (ids) => ((lookUps += 1), known(ids));
    const slip = text.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
    const { status, body } = await app.call('GET', '/whoami', bearer(slip));
    repository.known = known;
    expect({ status, lookUps }).toEqual({ status: 401, lookUps: 0 });
    expect(body.detail).toMatch(/typo/);
  });

  it('with another secret sounds like one that does not exist', async () => {
    const { formatKey, newSecret, parseKey } = await import('../keys/key-text.js');
    const { text } = await app.issue();
    const id = parseKey(text)?.id ?? '';
    const wrong = await app.call('GET', '/whoami', bearer(formatKey('test', id, newSecret())));
    const unknownId = '01900000-0000-7000-8000-000000000000';
    const unknown = await app.call('GET', '/whoami', bearer(formatKey('test', unknownId, newSecret())));
    const meaning = ({ status, body: { code, detail } }: typeof wrong) => ({ status, code, detail });
    expect(meaning(wrong)).toEqual(meaning(unknown));
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('WWW-Authenticate')).toBe('Bearer error="invalid_token"');
  });

  it('ends when it expires, also while it is in use', async () => {
    const { text } = await other.issue({ expiresAt: new Date(Date.now() + 3_600_000) });
    expect(await statusOf(text, other)).toBe(200);
    other.clock.advance(3_600_001);
    const answer = await other.call('GET', '/whoami', bearer(text));
    other.clock.advance(-3_600_001);
    expect(answer).toMatchObject({ status: 401, body: { code: 'credentials_expired' } });
  });

  it.each([
    ['10.1.2.3', 200],
    ['192.0.2.1', 403],
  ])('bound to 10.0.0.0/8 and used from %s behind a trusted proxy is %d', async (address, status) => {
    const { text } = await app.issue({ allowedCidrs: ['10.0.0.0/8'] });
    const from = { ...bearer(text), 'X-Forwarded-For': address };
    expect((await app.call('GET', '/whoami', from)).status).toBe(status);
  });

  it('cannot be helped by an X-Forwarded-For that nobody trusts', async () => {
    const { text } = await other.issue({ allowedCidrs: ['10.0.0.0/8'] });
    const from = { ...bearer(text), 'X-Forwarded-For': '10.1.2.3' };
    expect(await other.call('GET', '/whoami', from)).toMatchObject({
      status: 403,
      body: { code: 'address_not_allowed' },
    });
  });

  it('is for its own service only, whatever the request asks for', async () => {
    const { text } = await app.issue({}, 'payments');
    const ask = (service: string) =>
      app.call('GET', '/whoami', { ...bearer(text), 'X-Scheduler-Service': service });
    expect((await ask('payments')).status).toBe(200);
    expect(await ask('default')).toMatchObject({ status: 403, body: { code: 'service_not_granted' } });
    expect((await ask('nobody')).body.code).toBe('service_not_granted');
  });

  it('costs no look-up while it is in use', async () => {
    const { text } = await app.issue();
    expect(await statusOf(text)).toBe(200);
    const repository = app.get(KeysRepository);
    const known = repository.known.bind(repository);
    const asked: number[] = [];
    repository.known = (ids) => (asked.push(ids.length), known(ids));
    await waitFor(async () => (await statusOf(text)) === 200 && asked.length >= 3, {
      timeoutMs: 20_000,
      describe: 'three refreshes',
    });
    repository.known = known;
    expect(asked.every((keys) => keys > 1)).toBe(true); // all keys in use at once, never this one alone
  }, 30_000);
});

describe('a revoked key', () => {
  it('is refused here at once, and in another process within 5 s', async () => {
    const { text, key } = await app.issue();
    const manager = await app.issue();
    const use = setInterval(() => void statusOf(text, other), 100);
    expect([await statusOf(text), await statusOf(text, other)]).toEqual([200, 200]);
    expect((await app.call('DELETE', `/keys/${key.id}`, bearer(manager.text))).status).toBe(204);
    const revokedAt = performance.now();
    expect(await statusOf(text)).toBe(401);
    let servedLast = revokedAt;
    await waitFor(
      async () => {
        const askedAt = performance.now();
        if ((await statusOf(text, other)) === 401) return true;
        servedLast = askedAt;
        return false;
      },
      { timeoutMs: 15_000, describe: 'the other process to refuse the key' },
    );
    clearInterval(use);
    expect(servedLast - revokedAt).toBeLessThan(5_000);
  }, 20_000);
});

describe('a rotated key', () => {
  it('works with its new secret at once everywhere, and with the old one for the overlap', async () => {
    const { text: old, key } = await app.issue();
    expect([await statusOf(old), await statusOf(old, other)]).toEqual([200, 200]);
    const rotated = await app.call('POST', `/keys/${key.id}/rotate`, bearer(old), { overlapSeconds: 600 });
    expect(rotated).toMatchObject({ status: 200, body: { id: key.id, version: 2 } });
    const fresh = rotated.body.key as string;
    for (const at of [app, other])
      expect([await statusOf(fresh, at), await statusOf(old, at)]).toEqual([200, 200]);
    app.clock.advance(600_001);
    const afterwards = [await statusOf(fresh), await statusOf(old)];
    app.clock.advance(-600_001);
    expect(afterwards).toEqual([200, 401]);
  });

  it('ends its old secret at once without an overlap', async () => {
    const { text: old, key } = await app.issue();
    const rotated = await app.call('POST', `/keys/${key.id}/rotate`, bearer(old), { overlapSeconds: 0 });
    expect([await statusOf(rotated.body.key as string), await statusOf(old)]).toEqual([200, 401]);
  });
});

describe('an answer that goes on for long', () => {
  const goesOn = (text: string, at = app) => {
    const request = { ip: '127.0.0.1', get: (name: string) => bearer(text)[name] };
    return at.get(Admission).wouldAdmitAgain(request as Request);
  };

  it('goes on with its key, and ends when that is revoked', async () => {
    const { text, key } = await app.issue();
    expect(await goesOn(text)).toBe(true);
    await app.get(KeysService).revoke('default', key.id, null);
    expect(await goesOn(text)).toBe(false);
  });

  it('ends when its secret is rotated away, and not before the overlap is over', async () => {
    const { text, key } = await app.issue();
    const rotate = (body: object) => app.call('POST', `/keys/${key.id}/rotate`, bearer(text), body);
    const rotated = await rotate({ overlapSeconds: 600 });
    expect([await goesOn(text), await goesOn(rotated.body.key as string)]).toEqual([true, true]);
    await rotate({ overlapSeconds: 0 });
    expect(await goesOn(text)).toBe(false);
  });

  it('ends when its key expires', async () => {
    const { text } = await other.issue({ expiresAt: new Date(Date.now() + 3_600_000) });
    expect(await goesOn(text, other)).toBe(true);
    other.clock.advance(3_600_001);
    const afterwards = await goesOn(text, other);
    other.clock.advance(-3_600_001);
    expect(afterwards).toBe(false);
  });

  it('is not counted as a request', async () => {
    const { text } = await app.issue();
    const left = async () => (await app.call('GET', '/whoami', bearer(text))).headers.get('RateLimit');
    const leftOfKey = async () => Number(/"key";r=(\d+)/.exec((await left()) ?? '')?.[1]);
    const before = await leftOfKey();
    await goesOn(text);
    expect(await leftOfKey()).toBe(before - 1);
  });
});

describe('lastUsedAt', () => {
  it('is written in batches, at most once a minute for each key', async () => {
    const { text, key } = await other.issue();
    const uses = other.get(KeyUses);
    const read = async () =>
      (
        await other.database.query<[{ at: Date | null }]>(
          'SELECT last_used_at AS at FROM api_keys WHERE id = $1',
          [key.id],
        )
      )[0].at;
    await statusOf(text, other);
    expect(await read()).toBeNull();
    await uses.write();
    const first = await read();
    expect(first).not.toBeNull();
    await statusOf(text, other);
    await uses.write();
    expect(await read()).toEqual(first);
    const minuteAgo = `UPDATE api_keys SET last_used_at = last_used_at - interval '2 minutes' WHERE id = $1`;
    await other.database.query(minuteAgo, [key.id]);
    await uses.write();
    expect(await read()).not.toEqual(new Date(Number(first) - 120_000));
  });
});
