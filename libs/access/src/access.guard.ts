import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { Response } from 'express';
import { accessRuleOf } from '@app/platform/access-rule';
import { bindToService } from '@app/platform/request-context';
import { routeClosed, scopesMissing } from './access.errors.js';
import { Admission } from './admission.js';
import { missingScopes, type Scope } from './domain/scopes.js';
import type { Principal } from './principal.js';
import { Turns } from './turns/turns.js';

/** Routes that ask for it are about all services. */
const ACROSS_SERVICES: Scope = 'service:admin';

/**
 * Closes every route to principals without the scopes that its rule names, and a route without a rule to everybody. From
 * here on the statements of a request see only the rows of its principal's service, unless the route is about all services.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly admission: Admission,
    private readonly turns: Turns,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = accessRuleOf(context.getHandler());
    if (rule === null) throw routeClosed();
    if (rule.type === 'public') return true;
    const http = context.switchToHttp();
    const response = http.getResponse<Response>();
    const principal = await this.admission.admit(http.getRequest(), response);
    demandScopes(principal, rule.scopes);
    await this.turns.take(principal.service, response);
    if (!rule.scopes.includes(ACROSS_SERVICES)) bindToService(principal.service);
    return true;
  }
}

/** For a scope that only the body of a request calls for. @throws ProblemError `scope_missing` */
export function demandScopes(principal: Principal, scopes: readonly string[]): void {
  const missing = missingScopes(scopes, principal.scopes);
  if (missing.length > 0) throw scopesMissing(missing);
}
