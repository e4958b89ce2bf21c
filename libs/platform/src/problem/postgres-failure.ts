import { ProblemError } from './problem-error.js';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'EAI_AGAIN',
]);

/** SQLSTATEs that a later try of the same request may not meet. */
const PASSING = new Set([
  '53300', // too_many_connections
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57014', // query_canceled: the statement time-out
  '55P03', // lock_not_available
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '25006', // read_only_sql_transaction: a standby after a failover
]);

/** pg and pg-pool report these without a code. */
const PASSING_MESSAGE =
  /^(timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error)/;

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
  const cause = driverError(error);
  const code = cause.code ?? '';
  if (BAD_VALUE.has(code)) {
    return new ProblemError('invalid', 'invalid_value', 'A value in the request cannot be stored.');
  }
  const isPassing =
    UNREACHABLE.has(code) ||
    code.startsWith('08') ||
    PASSING.has(code) ||
    PASSING_MESSAGE.test(cause.message);
  if (!isPassing) return null;
  return new ProblemError(
    'unavailable',
    'dependency_unavailable',
    'A service this one depends on does not answer at the moment. Try again.',
  );
}

/** TypeORM wraps what the driver threw. */
function driverError(error: Error & { driverError?: unknown }): Error & { code?: string } {
  return error.driverError instanceof Error ? error.driverError : error;
}
