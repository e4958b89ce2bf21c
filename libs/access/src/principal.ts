import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';
import { type Scope, SCOPES } from './domain/scopes.js';

/** On whose behalf a request acts. */
export interface Principal {
  /** The tenant whose jobs, schedules and executions it sees. */
  readonly service: string;
  /** For audit records: `key:<id>`, `person:<subject>` or `anonymous`. */
  readonly actor: string;
  readonly scopes: ReadonlySet<Scope>;
  /** The API key that it came with; null for a person, and without access control. */
  readonly keyId: string | null;
  /** What its key is bound to, and with it every key that it makes. */
  readonly bounds: KeyBounds;
}

/** Until when a key is valid and from where; null and empty mean no bound. */
export interface KeyBounds {
  readonly expiresAt: Date | null;
  readonly allowedCidrs: readonly string[];
}

export const UNBOUND: KeyBounds = { expiresAt: null, allowedCidrs: [] };

/** Everybody, where there is no access control. */
export const ANONYMOUS: Principal = {
  service: 'default',
  actor: 'anonymous',
  scopes: new Set(SCOPES),
  keyId: null,
  bounds: UNBOUND,
};

/** A request that has been admitted. */
export type AdmittedRequest = Request & { principal?: Principal };

/** Gives a handler the principal that was admitted. Type the parameter `Principal`. */
export const CurrentPrincipal = createParamDecorator(
  (_data: unknown, context: ExecutionContext): Principal => {
    const { principal } = context.switchToHttp().getRequest<AdmittedRequest>();
    if (!principal) throw new Error('A handler asks for the principal, and AccessModule is not imported');
    return principal;
  },
);
