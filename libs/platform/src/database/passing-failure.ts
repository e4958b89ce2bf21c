const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);

/** SQLSTATEs that a later try of the same statement may not meet. */
const PASSING = new Set([
  '57P01', // admin_shutdown
  '57P02', // crash_shutdown
  '57P03', // cannot_connect_now
  '57014', // query_canceled: the statement time-out
  '55P03', // lock_not_available
  '40001', // serialization_failure
  '40P01', // deadlock_detected
  '25006', // read_only_sql_transaction: a standby after a failover
]);

/** Connections; and resources that ran out (a full disk, memory, connections): what a worker holds is kept for their return. */
const PASSING_CLASS = /^(08|53)...$/;

/** pg and pg-pool report these without a code. */
const PASSING_MESSAGE =
  /^(timeout expired|timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout)/;

/** Whether the database was away or busy, so that the same statement may succeed later. */
export function isPassingFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const cause = driverErrorOf(error);
  const code = cause.code ?? '';
  return (
    UNREACHABLE.has(code) ||
    PASSING_CLASS.test(code) ||
    PASSING.has(code) ||
    PASSING_MESSAGE.test(cause.message)
  );
}

/** Classes of SQLSTATE that are about the values of a statement, and nothing else. */
const REFUSED_CLASSES = new Set([
  '22', // data exception
  '23', // integrity constraint violation
  '44', // WITH CHECK OPTION violation
  '54', // program limit exceeded: too long for an index, too many columns
  'P0', // raised by a trigger or a function
]);

/**
 * Whether the database would not have the values, so that it will not have them later either. Neither this nor a passing
 * failure is what hits every statement until an operator comes: a missing table, a missing permission.
 */
export function isRefusal(error: unknown): error is Error {
  if (!(error instanceof Error)) return false;
  const code = driverErrorOf(error).code ?? '';
  return code.length === 5 && REFUSED_CLASSES.has(code.slice(0, 2));
}

/** TypeORM wraps what the driver threw. */
export function driverErrorOf(error: Error & { driverError?: unknown }): Error & { code?: string } {
  return error.driverError instanceof Error ? error.driverError : error;
}
