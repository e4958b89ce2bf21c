import { driverErrorOf, isPassingFailure } from '@app/platform/database';
import { ProblemError } from './problem-error.js';

/** SQLSTATEs that only a value in the request can cause. */
const BAD_VALUE = new Set([
  '22021', // character_not_in_repertoire: NUL in text
  '22P05', // untranslatable_character: \u0000 in jsonb
  '22P02', // invalid_text_representation
  '22003', // numeric_value_out_of_range
  '22008', // datetime_field_overflow
]);

/** What a failed database call means to the caller; `null` when the error is not one or says nothing to them. */
export function problemOfPostgres(error: unknown): ProblemError | null {
  if (!(error instanceof Error)) return null;
  if (BAD_VALUE.has(driverErrorOf(error).code ?? '')) {
    return new ProblemError('invalid', 'invalid_value', 'A value in the request cannot be stored.');
  }
  if (!isPassingFailure(error)) return null;
  return new ProblemError(
    'unavailable',
    'dependency_unavailable',
    'A service this one depends on does not answer at the moment. Try again.',
  );
}
