import { type CanActivate, type ExecutionContext, Injectable, type OnModuleInit } from '@nestjs/common';
import { accessRuleOf } from '@app/platform/access-rule';
import { AppConfig, ConfigError } from '@app/platform/config';
import { routeClosed, scopesMissing } from './access.errors.js';
import { missingScopes } from './domain/scopes.js';
import { type AdmittedRequest, ANONYMOUS, type Principal } from './principal.js';

/** Closes every route to principals without the scopes that its rule names, and a route without a rule to everybody. */
@Injectable()
export class AccessGuard implements CanActivate, OnModuleInit {
  constructor(private readonly config: AppConfig) {}

  /** API keys do not exist yet: to start anyway would either open the api or answer 401 to everyone. */
  onModuleInit(): void {
    if (this.config.authMode === 'none') return;
    throw new ConfigError([
      `AUTH_MODE: ${this.config.authMode} is not part of this version yet; until it is, set AUTH_MODE=none and, ` +
        'off the loopback address, AUTH_ALLOW_NONE=true behind a gateway that authenticates',
    ]);
  }

  canActivate(context: ExecutionContext): boolean {
    const rule = accessRuleOf(context.getHandler());
    if (rule === null) throw routeClosed();
    if (rule.type === 'public') return true;
    demandScopes(this.admit(context), rule.scopes);
    return true;
  }

  private admit(context: ExecutionContext): Principal {
    const request = context.switchToHttp().getRequest<AdmittedRequest>();
    request.principal = ANONYMOUS;
    return request.principal;
  }
}

/** For a scope that only the body of a request calls for. @throws ProblemError `scope_missing` */
export function demandScopes(principal: Principal, scopes: readonly string[]): void {
  const missing = missingScopes(scopes, principal.scopes);
  if (missing.length > 0) throw scopesMissing(missing);
}
