import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** On whose behalf a request acts. */
export interface Principal {
  /** The tenant whose jobs, schedules and executions it sees. */
  readonly service: string;
  /** For audit records. */
  readonly actor: string;
}

/** A request that has passed the guard. */
export type AdmittedRequest = Request & { principal?: Principal };

/** Gives a handler the principal that the guard established. Type the parameter `Principal`. */
export const CurrentPrincipal = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Principal => {
    const { principal } = context.switchToHttp().getRequest<AdmittedRequest>();
    if (!principal) throw new Error('A handler asks for the principal, and AccessModule is not imported');
    return principal;
  },
);
