import { ProblemError } from '@app/platform/problem';

export function secretNotFound(name: string): ProblemError {
  return new ProblemError('not_found', 'secret_not_found', `There is no secret ${name}.`);
}

/** @param was what it turned out to be, against what `If-Match: *` or `If-None-Match: *` asked for */
export function secretUnexpectedly(was: 'present' | 'absent', name: string): ProblemError {
  return was === 'present'
    ? new ProblemError('precondition_failed', 'secret_exists', `There is a secret ${name} already.`)
    : new ProblemError('precondition_failed', 'secret_absent', `There is no secret ${name} yet.`);
}

export function signingSecretNotFound(id: string): ProblemError {
  return new ProblemError('not_found', 'signing_secret_not_found', `There is no signing secret ${id}.`);
}

/** The operator's to mend, and so named by its variable. */
export function secretsNotConfigured(): ProblemError {
  return new ProblemError(
    'conflict',
    'secrets_not_configured',
    'This installation has no key to keep secrets with: SECRETS_KEYS is not set.',
  );
}

export function tooManySecrets(limit: number): ProblemError {
  return new ProblemError('conflict', 'too_many_secrets', `A service has at most ${limit} secrets.`);
}
