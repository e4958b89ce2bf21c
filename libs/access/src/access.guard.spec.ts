import { EventEmitter } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { Public } from '@app/platform/access-rule';
import type { Clock } from '@app/platform/clock';
import { ConfigError, loadConfig } from '@app/platform/config';
import { AccessGuard, demandScopes } from './access.guard.js';
import { AccessSettings } from './access-settings.js';
import { Admission } from './admission.js';
import { Authenticator } from './authentication/authenticator.js';
import type { KeyAuthenticator } from './authentication/key-authenticator.js';
import type { TokenAuthenticator } from './people/token-authenticator.js';
import { RateLimits } from './rate-limits/rate-limits.js';
import { SharedCounts } from './rate-limits/shared-counts.js';
import { SCOPES } from './domain/scopes.js';
import { ANONYMOUS } from './principal.js';
import { AnyPrincipal, RequireScopes } from './require-scopes.js';
import { Turns } from './turns/turns.js';

class Routes {
  @RequireScopes('jobs:read')
  scoped(): void {}

  @AnyPrincipal()
  anyPrincipal(): void {}

  @Public()
  open(): void {}

  forgotten(): void {}
}

/** Without access control: nobody is asked for a key, and nobody counted. */
function openGuard(): AccessGuard {
  const config = loadConfig({ AUTH_MODE: 'none' });
  const clock: Clock = { now: () => new Date(), monotonicMs: () => 0 };
  const authenticator = new Authenticator(config, {} as KeyAuthenticator, {} as TokenAuthenticator);
  const limits = new RateLimits(config, new SharedCounts(config, clock), clock);
  return new AccessGuard(new Admission(authenticator, limits, config), new Turns(config));
}

const guard = openGuard();

function callOf(route: keyof Routes, given: object = {}): ExecutionContext {
  const handler = Object.getOwnPropertyDescriptor(Routes.prototype, route)?.value as unknown;
  const request = Object.assign(given, { get: () => undefined });
  const context = {
    getHandler: () => handler,
    switchToHttp: () => ({ getRequest: () => request, getResponse: () => new EventEmitter() }),
  };
  return context as unknown as ExecutionContext;
}

describe('the access guard', () => {
  it.each(['scoped', 'anyPrincipal'] as const)(
    'lets everyone act for the default service, with every scope, when there is no access control: %s',
    async (route) => {
      const request: { principal?: unknown } = {};
      expect(await guard.canActivate(callOf(route, request))).toBe(true);
      const { principal } = request;
      expect(principal).toMatchObject({ service: 'default', actor: 'anonymous', scopes: new Set(SCOPES) });
    },
  );

  it('asks nobody who calls an open route', async () => {
    const request: { principal?: unknown } = {};
    expect(await guard.canActivate(callOf('open', request))).toBe(true);
    expect(request.principal).toBeUndefined();
  });

  it('closes a route that has no rule', async () => {
    const call = guard.canActivate(callOf('forgotten'));
    await expect(call).rejects.toMatchObject({ kind: 'forbidden', code: 'route_closed' });
  });

  it('names the scopes that are missing', () => {
    const viewer = { ...ANONYMOUS, scopes: new Set(['jobs:read'] as const) };
    expect(() => demandScopes(viewer, ['jobs:read', 'jobs:write'])).toThrow(
      expect.objectContaining({ code: 'scope_missing', detail: 'This needs the scope jobs:write.' }),
    );
  });
});

describe('an api with access control', () => {
  const start = (env: NodeJS.ProcessEnv) => () => new AccessSettings(loadConfig(env)).onModuleInit();

  it('does not start without a pepper, and says what to do', () => {
    expect(start({ AUTH_MODE: 'api-key' })).toThrow(ConfigError);
    expect(start({ AUTH_MODE: 'api-key' })).toThrow(/API_KEY_PEPPER: .*openssl rand/);
    expect(start({ AUTH_MODE: 'oidc' })).toThrow(/PEPPER.*\n.*ISSUER.*\n.*AUDIENCE.*\n.*GROUPS_FILE/);
    expect(start({ AUTH_MODE: 'api-key', API_KEY_PEPPER: 'p'.repeat(32) })).not.toThrow();
  });
});
