import { describe, expect, it } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { ConfigError, loadConfig } from '@app/platform/config';
import { AccessGuard } from './access.guard.js';

const guardWith = (authMode: string) => new AccessGuard(loadConfig({ AUTH_MODE: authMode }));

describe('the access guard', () => {
  it('lets everyone act for the default service when there is no access control', () => {
    const request = {};
    const context = { switchToHttp: () => ({ getRequest: () => request }) } as unknown as ExecutionContext;
    const guard = guardWith('none');
    guard.onModuleInit();
    expect(guard.canActivate(context)).toBe(true);
    expect(request).toEqual({ principal: { service: 'default', actor: 'anonymous' } });
  });

  it('refuses to start with access control it does not have, and says what to do', () => {
    const start = () => guardWith('api-key').onModuleInit();
    expect(start).toThrow(ConfigError);
    expect(start).toThrow(/AUTH_MODE=none.*AUTH_ALLOW_NONE=true/);
  });
});
