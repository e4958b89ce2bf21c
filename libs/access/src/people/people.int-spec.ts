import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { exportSPKI, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose';
import type { Request } from 'express';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { loadConfig } from '@app/platform/config';
import { waitFor } from '../../../../test/support/wait-for.js';
import { Admission } from '../admission.js';
import { scopesOf } from '../domain/scopes.js';
import { type AccessApp, bearer } from '../testing/access-app.js';
import { START_TIMEOUT_MS, useAccessApps } from '../testing/use-access-apps.js';
import { GroupGrants } from './group-grants.js';
import { AUDIENCE, IdentityProviderServer } from './testing/identity-provider-server.js';

const folder = mkdtempSync(path.join(tmpdir(), 'scheduler-groups-'));
const GROUPS = {
  robots: [{ service: 'payments', role: 'operator' }],
  viewers: [{ service: 'payments', role: 'viewer' }],
  runners: [{ service: 'payments', scopes: ['executions:run'] }],
  everywhere: [
    { service: 'payments', role: 'viewer' },
    { service: 'shipping', role: 'admin' },
  ],
};

const { startApp } = useAccessApps();
let provider: IdentityProviderServer;
let app: AccessApp;

beforeAll(async () => {
  provider = await IdentityProviderServer.start();
  app = await startApp({
    AUTH_MODE: 'oidc',
    OIDC_ISSUER: provider.issuer,
    OIDC_AUDIENCE: AUDIENCE,
    OIDC_GROUPS_FILE: fileWith(GROUPS),
    RATE_LIMIT_FAILURES_PER_MINUTE: '0',
  });
}, START_TIMEOUT_MS);

afterAll(async () => {
  await provider?.stop();
  rmSync(folder, { recursive: true, force: true });
});

function fileWith(groups: unknown): string {
  const file = path.join(folder, `${Math.random()}.json`);
  writeFileSync(file, typeof groups === 'string' ? groups : JSON.stringify(groups));
  return file;
}

const whoami = (token: string, service?: string) =>
  app.call('GET', '/whoami', { ...bearer(token), ...(service && { 'X-Scheduler-Service': service }) });

describe('a token of the identity provider', () => {
  it('gives what the groups in it give, as the provider itself made it', async () => {
    expect(await whoami(await provider.ownToken())).toMatchObject({
      status: 200,
      body: { service: 'payments', actor: 'person:robot', scopes: scopesOf({ role: 'operator' }) },
    });
  });

  it('adds up what several groups give in one service', async () => {
    const { body } = await whoami(await provider.token(['viewers', 'runners', 'unknown here']));
    expect(body).toMatchObject({
      actor: 'person:ada',
      scopes: scopesOf({ role: 'viewer', scopes: ['executions:run'] }),
    });
  });

  it('is for several services only one at a time, which the request names', async () => {
    const token = await provider.token(['everywhere']);
    expect(await whoami(token)).toMatchObject({ status: 403, body: { code: 'service_not_chosen' } });
    expect((await whoami(token, 'payments')).body.scopes).toEqual(scopesOf({ role: 'viewer' }));
    expect((await whoami(token, 'shipping')).body.scopes).toEqual(scopesOf({ role: 'admin' }));
  });

  it.each(['default', 'shipping', 'nobody'])(
    'does not reach the service %s by naming it',
    async (service) => {
      const answer = await whoami(await provider.token(['viewers']), service);
      expect(answer).toMatchObject({ status: 403, body: { code: 'service_not_granted' } });
    },
  );

  it.each([[[]], [['unknown here']]])('gives nothing with the groups %j', async (groups) => {
    const answer = await whoami(await provider.token(groups));
    expect(answer).toMatchObject({ status: 403, body: { code: 'no_role' } });
  });

  it.each<[string, JWTPayload, RegExp]>([
    ['another audience', { aud: 'https://else.example' }, /aud/],
    ['no audience', { aud: undefined }, /aud/],
    ['another issuer', { iss: 'https://else.example' }, /iss/],
    ['no subject', { sub: undefined }, /sub/],
    ['no end', { exp: undefined }, /exp/],
    ['a beginning to come', { nbf: 4_000_000_000 }, /nbf/],
  ])('with %s is refused', async (_what, changes, claim) => {
    const { status, body } = await whoami(await provider.token(['viewers'], changes));
    expect({ status, code: body.code }).toEqual({ status: 401, code: 'credentials_invalid' });
    expect(body.detail).toMatch(claim);
  });

  it('is refused when it has expired, give or take half a minute of other clocks', async () => {
    const expiredFor = (seconds: number) => ({ exp: Math.floor(Date.now() / 1_000) - seconds });
    expect((await whoami(await provider.token(['viewers'], expiredFor(10)))).status).toBe(200);
    const answer = await whoami(await provider.token(['viewers'], expiredFor(60)));
    expect(answer).toMatchObject({ status: 401, body: { code: 'credentials_expired' } });
  });

  it('ends an answer that goes on for long when it expires', async () => {
    const headers = bearer(await provider.token(['viewers']));
    const request = { ip: '127.0.0.1', get: (name: string) => headers[name] } as Request;
    expect(await app.get(Admission).wouldAdmitAgain(request)).toBe(true);
    app.clock.advance(631_000);
    const afterwards = await app.get(Admission).wouldAdmitAgain(request);
    app.clock.advance(-631_000);
    expect(afterwards).toBe(false);
  });

  it('that nobody signed is refused, and so are signatures by others and by a shared secret', async () => {
    const claims = { iss: provider.issuer, aud: AUDIENCE, sub: 'eve', groups: ['everywhere'] };
    const stranger = await generateKeyPair('RS256', { extractable: true });
    const publicKey = new TextEncoder().encode(await exportSPKI(stranger.publicKey));
    const forged = [
      new UnsecuredJWT(claims).setExpirationTime('1h').encode(),
      await new SignJWT(claims)
        .setProtectedHeader({ alg: 'RS256', kid: '1' })
        .setExpirationTime('1h')
        .sign(stranger.privateKey),
      await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).setExpirationTime('1h').sign(publicKey),
      'a.b.c',
      'nonsense',
    ];
    for (const token of forged)
      expect(await whoami(token, 'payments')).toMatchObject({
        status: 401,
        body: { code: 'credentials_invalid' },
      });
  });

  it('goes together with API keys', async () => {
    const { text } = await app.issue({}, 'payments');
    expect((await whoami(text)).status).toBe(200);
  });

  it('lets a person make keys for the service it acts for, and none wider than its roles', async () => {
    const admin = { ...bearer(await provider.token(['everywhere'])), 'X-Scheduler-Service': 'shipping' };
    await app.issue({}, 'shipping');
    const made = await app.call('POST', '/keys', admin, { name: 'made', role: 'admin' });
    expect(made).toMatchObject({ status: 201, body: { service: 'shipping', createdBy: 'person:ada' } });
    const wider = await app.call('POST', '/keys', admin, { name: 'made', scopes: ['service:admin'] });
    expect(wider).toMatchObject({ status: 403, body: { code: 'wider_than_own' } });
  });

  it('is taken with a new key of the provider, and no more with the old one', async () => {
    const old = await provider.token(['viewers']);
    expect((await whoami(old)).status).toBe(200);
    await provider.rotateKeys();
    const fresh = await provider.token(['viewers']);
    await waitFor(async () => (await whoami(fresh)).status === 200, {
      timeoutMs: 20_000,
      describe: 'the new key of the provider to be fetched',
    });
    expect((await whoami(old)).status).toBe(401);
  }, 30_000);

  it('cannot be checked while the provider was never reached, which is not its holder’s fault', async () => {
    const away = await startApp({
      AUTH_MODE: 'oidc',
      OIDC_ISSUER: 'http://127.0.0.1:9',
      OIDC_AUDIENCE: AUDIENCE,
      OIDC_GROUPS_FILE: fileWith(GROUPS),
    });
    const { status, headers, body } = await away.call('GET', '/whoami', bearer(await provider.token([])));
    expect({ status, code: body.code }).toEqual({ status: 503, code: 'provider_unavailable' });
    expect(headers.get('Retry-After')).toBe('5');
  });
});

describe('the file of groups', () => {
  const read = (groups: unknown) => () =>
    new GroupGrants(loadConfig({ AUTH_MODE: 'oidc', OIDC_GROUPS_FILE: fileWith(groups) })).onModuleInit();

  it.each<[unknown, RegExp]>([
    ['{', /cannot be read/],
    [[], /a member for each group/],
    [{}, /a member for each group/],
    [{ a: {} }, /a must be a list/],
    [{ a: [] }, /a must be a list/],
    [{ a: [{ service: 'x', role: 'root' }] }, /a: role "root" does not exist/],
    [{ a: [{ service: 'X', role: 'viewer' }] }, /a: service "X"/],
    [{ a: [{ service: 'x', scopes: ['jobs'] }] }, /a: scopes \["jobs"\]/],
    [{ a: [{ service: 'x' }] }, /a: a role or scopes are required/],
    [{ a: [{ service: 'x', roles: 'viewer' }] }, /a: roles is not known here/],
  ])('%j keeps the api from starting', (groups, fault) => {
    expect(read(groups)).toThrow(fault);
  });

  it('must exist', () => {
    const config = loadConfig({ AUTH_MODE: 'oidc', OIDC_GROUPS_FILE: '/nowhere/groups.json' });
    expect(() => new GroupGrants(config).onModuleInit()).toThrow(/ENOENT/);
  });
});
