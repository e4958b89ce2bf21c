import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { accessRuleOf } from '@app/platform/access-rule';
import { routeClosed, scopesMissing } from './access.errors.js';
import { Admission } from './admission.js';
import { missingScopes } from './domain/scopes.js';
import type { Principal } from './principal.js';

/** Closes every route to principals without the scopes that its rule names, and a route without a rule to everybody. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(private readonly admission: Admission) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = accessRuleOf(context.getHandler());
    if (rule === null) throw routeClosed();
    if (rule.type === 'public') return true;
    const http = context.switchToHttp();
    demandScopes(await this.admission.admit(http.getRequest(), http.getResponse()), rule.scopes);
    return true;
  }
}

/** For a scope that only the body of a request calls for. @throws ProblemError `scope_missing` */
export function demandScopes(principal: Principal, scopes: readonly string[]): void {
  const missing = missingScopes(scopes, principal.scopes);
  if (missing.length > 0) throw scopesMissing(missing);
}
