import { type FieldError, ProblemError } from '@app/platform/problem';

/** Unknown, revoked, of another service or not a UUID: a client learns no difference. */
export function keyNotFound(id: string): ProblemError {
  return new ProblemError('not_found', 'key_not_found', `There is no API key ${id}.`);
}

export function keyExpired(id: string): ProblemError {
  return new ProblemError('conflict', 'key_expired', `API key ${id} has expired; create another.`);
}

export function widerThanOwn(errors: readonly FieldError[]): ProblemError {
  return new ProblemError(
    'forbidden',
    'wider_than_own',
    'A credential cannot make a key that reaches further than itself.',
    errors,
  );
}

export function keysNotConfigured(): ProblemError {
  return new ProblemError(
    'conflict',
    'keys_not_configured',
    'This installation has no API keys: API_KEY_PEPPER is not set.',
  );
}
