import { ProblemError } from '@app/platform/problem';

/** No credential at all. */
export function credentialsMissing(): ProblemError {
  return new ProblemError(
    'unauthenticated',
    'credentials_missing',
    'Send an API key or a token as `Authorization: Bearer …`, or an API key as `X-API-Key`.',
    [],
    { challenge: 'Bearer' },
  );
}

/** @param detail says nothing about what exists: a wrong secret and an unknown key sound the same */
export function credentialsInvalid(detail: string, code = 'credentials_invalid'): ProblemError {
  return new ProblemError('unauthenticated', code, detail, [], { challenge: 'Bearer error="invalid_token"' });
}

export function scopesMissing(scopes: readonly string[]): ProblemError {
  const names = scopes.join(', ');
  return new ProblemError('forbidden', 'scope_missing', `This needs the scope ${names}.`, [], {
    challenge: `Bearer error="insufficient_scope", scope="${scopes.join(' ')}"`,
  });
}

/** A route that nobody gave a rule: closed, and a test names it. */
export function routeClosed(): ProblemError {
  return new ProblemError('forbidden', 'route_closed', 'Nobody may call this.');
}

/** The key is right, which only its holder learns. */
export function addressNotAllowed(address: string): ProblemError {
  return new ProblemError(
    'forbidden',
    'address_not_allowed',
    `This API key must not be used from ${address || 'an unknown address'}.`,
  );
}

/** Whether there is such a service is not for the caller to know. */
export function serviceNotGranted(service: string): ProblemError {
  return new ProblemError(
    'forbidden',
    'service_not_granted',
    `This credential is not for the service ${JSON.stringify(service.slice(0, 80))}.`,
  );
}
