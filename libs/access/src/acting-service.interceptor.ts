import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import { accessRuleOf } from '@app/platform/access-rule';
import { bindToService } from '@app/platform/request-context';
import type { Scope } from './domain/scopes.js';
import type { AdmittedRequest } from './principal.js';

/** Routes that ask for it are about all services. */
const ACROSS_SERVICES: Scope = 'service:admin';

/** Puts what a request does in the database behind the wall around the service of its principal. */
@Injectable()
export class ActingServiceInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const { principal } = context.switchToHttp().getRequest<AdmittedRequest>();
    const rule = accessRuleOf(context.getHandler());
    const isAcrossServices = rule?.type === 'scopes' && rule.scopes.includes(ACROSS_SERVICES);
    if (principal && !isAcrossServices) bindToService(principal.service);
    return next.handle();
  }
}
