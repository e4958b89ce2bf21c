import { isPassingFailure, isUnstorable } from '@app/platform/database';
import { ProblemError } from './problem-error.js';

/** What a failed database call means to the caller; `null` when the error is not one or says nothing to them. */
export function problemOfPostgres(error: unknown): ProblemError | null {
  if (isUnstorable(error)) {
    return new ProblemError('invalid', 'invalid_value', 'A value in the request cannot be stored.');
  }
  if (!isPassingFailure(error)) return null;
  return new ProblemError(
    'unavailable',
    'dependency_unavailable',
    'A service this one depends on does not answer at the moment. Try again.',
  );
}
