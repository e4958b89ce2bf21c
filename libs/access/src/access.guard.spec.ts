import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { Public } from '@app/platform/access-rule';
import { ConfigError, loadConfig } from '@app/platform/config';
import { AccessGuard, demandScopes } from './access.guard.js';
import { SCOPES } from './domain/scopes.js';
import { ANONYMOUS } from './principal.js';
import { AnyPrincipal, RequireScopes } from './require-scopes.js';

class Routes {
  @RequireScopes('jobs:read')
  scoped(): void {}

  @AnyPrincipal()
  anyPrincipal(): void {}

  @Public()
  open(): void {}

  forgotten(): void {}
}

const guardWith = (authMode: string) => new AccessGuard(loadConfig({ AUTH_MODE: authMode }));

function callOf(route: keyof Routes, request: object = {}): ExecutionContext {
  const handler = Object.getOwnPropertyDescriptor(Routes.prototype, route)?.value as unknown;
  const context = { getHandler: () => handler, switchToHttp: () => ({ getRequest: () => request }) };
  return context as unknown as ExecutionContext;
}

describe('the access guard', () => {
  it.each(['scoped', 'anyPrincipal'] as const)(
    'lets everyone act for the default service, with every scope, when there is no access control: %s',
    (route) => {
      const request: { principal?: unknown } = {};
      expect(guardWith('none').canActivate(callOf(route, request))).toBe(true);
      expect(request.principal).toMatchObject({
        service: 'default',
        actor: 'anonymous',
        scopes: new Set(SCOPES),
      });
    },
  );

  it('asks nobody who calls an open route', () => {
    const request = {};
    expect(guardWith('none').canActivate(callOf('open', request))).toBe(true);
    expect(request).toEqual({});
  });

  it('closes a route that has no rule', () => {
    const call = () => guardWith('none').canActivate(callOf('forgotten'));
    expect(call).toThrow(expect.objectContaining({ kind: 'forbidden', code: 'route_closed' }));
  });

  it('names the scopes that are missing', () => {
    const viewer = { ...ANONYMOUS, scopes: new Set(['jobs:read'] as const) };
    expect(() => demandScopes(viewer, ['jobs:read', 'jobs:write'])).toThrow(
      expect.objectContaining({ code: 'scope_missing', detail: 'This needs the scope jobs:write.' }),
    );
  });

  it('refuses to start with access control it does not have, and says what to do', () => {
    const start = () => guardWith('api-key').onModuleInit();
    expect(start).toThrow(ConfigError);
    expect(start).toThrow(/AUTH_MODE=none.*AUTH_ALLOW_NONE=true/);
  });
});
