import { ProblemError } from '@app/platform/problem';
import type { ExpectedVersion } from './if-match.js';

/**
 * @param expected the version that the caller has seen; null when it does not matter
 * @param what is at that version, for people: its kind and name
 * @throws ProblemError `stale_version`
 */
export function requireVersion(
  current: { readonly version: number },
  expected: ExpectedVersion,
  what: string,
): void {
  if (expected !== null && expected !== current.version) throw staleVersion(what, current.version);
}

export function staleVersion(what: string, version: number): ProblemError {
  return new ProblemError(
    'precondition_failed',
    'stale_version',
    `${what} has changed since it was read: it is at version ${version} now.`,
  );
}
