import { beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { json } from 'node:stream/consumers';
import { type AccessApp, bearer, type RequestHeaders } from './testing/access-app.js';
import { START_TIMEOUT_MS, useAccessApps } from './testing/use-access-apps.js';

const REBOUND = { Host: 'evil.example:3000' };

const { startApp } = useAccessApps();
let app: AccessApp;

beforeAll(async () => {
  app = await startApp({ AUTH_MODE: 'none', DOCS_PUBLIC: 'true' });
}, START_TIMEOUT_MS);

/** Not by `fetch`, which has a Host of its own. */
async function ask(method: string, path: string, headers: RequestHeaders, at = app) {
  const asking = request(at.url + path, { method, headers }).end();
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  const body = (await json(answer)) as { readonly code?: string };
  return { status: answer.statusCode, code: body.code };
}

describe('without access control, on loopback', () => {
  it.each(['/', '/whoami', '/jobs', '/keys', '/forgotten', '/nowhere', '/docs', '/openapi.json'])(
    'a name that was made to lead here gets nothing at %s',
    async (path) => {
      const refusal = { status: 403, code: 'foreign_host' };
      expect(await ask('GET', path, REBOUND)).toEqual(refusal);
      expect(await ask('POST', path, REBOUND)).toEqual(refusal);
    },
  );

  it('a page of another origin sends nothing, with a body or without', async () => {
    const refusal = { status: 403, code: 'foreign_origin' };
    const host = new URL(app.url).host;
    const told: RequestHeaders[] = [{ Origin: 'https://evil.example' }, { 'Sec-Fetch-Site': 'cross-site' }];
    for (const headers of told) {
      expect(await ask('POST', '/jobs', { Host: host, ...headers })).toEqual(refusal);
      expect(await app.call('POST', '/jobs', headers, {})).toMatchObject({
        status: 403,
        body: { code: 'foreign_origin' },
      });
    }
  });

  it('its own pages and other programs go on', async () => {
    const own = { Origin: app.url, 'Sec-Fetch-Site': 'same-origin' };
    expect((await app.call('POST', '/jobs', own, {})).status).toBe(201);
    expect((await app.call('POST', '/jobs')).status).toBe(201);
    expect((await ask('GET', '/jobs', { Host: 'scheduler.localhost' })).status).toBe(200);
  });

  it('probes are answered whatever they call it', async () => {
    expect((await ask('GET', '/health/live', REBOUND)).status).toBe(200);
  });

  it('refusals are not counted', async () => {
    const statuses = await Promise.all(
      Array.from({ length: 70 }, async () => (await ask('GET', '/jobs', REBOUND)).status),
    );
    expect(new Set(statuses)).toEqual(new Set([403]));
  });
});

describe('any name and origin will do', () => {
  const foreign = { ...REBOUND, Origin: 'https://console.example', 'Sec-Fetch-Site': 'cross-site' };

  it('with AUTH_ALLOW_NONE, where there is something in front', async () => {
    const open = await startApp({ AUTH_MODE: 'none', AUTH_ALLOW_NONE: 'true' });
    expect((await ask('GET', '/jobs', foreign, open)).status).toBe(200);
  });

  it('with a credential, which no page has', async () => {
    const closed = await startApp();
    const { text } = await closed.issue();
    expect((await ask('GET', '/jobs', { ...foreign, ...bearer(text) }, closed)).status).toBe(200);
  });
});
