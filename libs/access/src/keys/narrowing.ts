import type { FieldError } from '@app/platform/problem';
import { isCidrWithin } from '../cidr.js';
import { missingScopes } from '../domain/scopes.js';
import type { Principal } from '../principal.js';
import type { ApiKey } from './api-key.js';

type Reach = Pick<ApiKey, 'service' | 'scopes' | 'allowedCidrs' | 'expiresAt'>;

/** Where a key would reach further than the principal that makes or rotates it; empty when nowhere. */
export function widenings(principal: Principal, reach: Reach): FieldError[] {
  return [
    ...scopeWidenings(principal, reach),
    ...operatorElsewhere(principal, reach),
    ...cidrWidenings(principal, reach),
    ...expiryWidenings(principal, reach),
  ];
}

function scopeWidenings({ scopes }: Principal, reach: Reach): FieldError[] {
  return missingScopes(reach.scopes, scopes).map((scope) => ({
    pointer: '/scopes',
    code: 'wider_than_own',
    detail: `${scope} is not a scope of the credential that asks for it`,
  }));
}

/** It would look as a tenant's own, and outlive the one of the operator who made it. */
function operatorElsewhere(principal: Principal, { service, scopes }: Reach): FieldError[] {
  if (service === principal.service || !scopes.includes('service:admin')) return [];
  const detail = 'service:admin is for keys of the own service only';
  return [{ pointer: '/scopes', code: 'wider_than_own', detail }];
}

function cidrWidenings({ bounds }: Principal, { allowedCidrs }: Reach): FieldError[] {
  const own = bounds.allowedCidrs;
  const isNarrow = allowedCidrs.length > 0 && allowedCidrs.every((cidr) => isCidrWithin(cidr, own));
  if (own.length === 0 || isNarrow) return [];
  const detail = `allowedCidrs must lie within those of the credential that asks: ${own.join(', ')}`;
  return [{ pointer: '/allowedCidrs', code: 'wider_than_own', detail }];
}

function expiryWidenings({ bounds }: Principal, { expiresAt }: Reach): FieldError[] {
  const own = bounds.expiresAt;
  if (own === null || (expiresAt !== null && expiresAt <= own)) return [];
  const detail = `expiresAt must not be after that of the credential that asks: ${own.toISOString()}`;
  return [{ pointer: '/expiresAt', code: 'wider_than_own', detail }];
}
