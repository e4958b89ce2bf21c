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

/** @param host as it was sent */
export function foreignHost(host: string): ProblemError {
  return new ProblemError(
    'forbidden',
    'foreign_host',
    `With AUTH_MODE=none only localhost and 127.0.0.1 are accepted as Host, not ${JSON.stringify(host.slice(0, 80))}.`,
  );
}

export function foreignOrigin(): ProblemError {
  return new ProblemError(
    'forbidden',
    'foreign_origin',
    'Without access control no page of another origin is served, nor a link from one: open the address itself.',
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

export function rateLimited(
  whose: 'key' | 'service' | 'address',
  limit: number,
  retryAfterSeconds: number,
): ProblemError {
  const what = whose === 'address' ? 'refused credentials' : 'requests';
  const detail = `This ${whose === 'key' ? 'credential' : whose} has used its ${limit} ${what} for this minute. Retry in ${retryAfterSeconds} s.`;
  return new ProblemError('too_many', 'rate_limited', detail, [], { retryAfterSeconds });
}

/** The credential is right but grants no access: its holder may know why. */
export function noRole(): ProblemError {
  return new ProblemError('forbidden', 'no_role', 'None of the groups in this token has a role here.');
}

export function serviceNotChosen(services: readonly string[]): ProblemError {
  return new ProblemError(
    'forbidden',
    'service_not_chosen',
    `This token is for several services; name one as X-Scheduler-Service: ${services.join(', ')}.`,
  );
}

export function providerAway(): ProblemError {
  return new ProblemError(
    'unavailable',
    'provider_unavailable',
    'The identity provider does not answer, so that this token cannot be checked.',
  );
}
