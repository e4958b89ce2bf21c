import { applyDecorators } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import { setAccessRule } from '@app/platform/access-rule';
import type { Scope } from './domain/scopes.js';

/** The names of the two ways to present a credential, in the OpenAPI document. */
const SECURITY_SCHEMES = ['bearer', 'apiKey'] as const;

/** The route is for principals that have all of these scopes. A route without a rule is closed to everybody. */
export function RequireScopes(...scopes: [Scope, ...Scope[]]): MethodDecorator {
  return withScopes(scopes);
}

/** The route is for every principal, whatever its scopes: it shows nothing of any service. */
export function AnyPrincipal(): MethodDecorator {
  return withScopes([]);
}

function withScopes(scopes: Scope[]): MethodDecorator {
  return applyDecorators(
    setAccessRule({ type: 'scopes', scopes }),
    ...SECURITY_SCHEMES.map((scheme) => ApiSecurity(scheme, scopes)),
  );
}
