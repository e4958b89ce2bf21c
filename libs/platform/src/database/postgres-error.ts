import { isUnreachable } from '@app/platform/failure';

/** pg and pg-pool report these without a code. */
const NO_ANSWER =
  /^(timeout expired|timeout exceeded when trying to connect|Connection terminated|Client has encountered a connection error|Query read timeout)/;

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
const PASSING_CLASSES = new Set(['08', '53']);

/** Classes of SQLSTATE that are about the values of a statement, and nothing else. */
const REFUSED_CLASSES = new Set([
  '22', // data exception
  '23', // integrity constraint violation
  '44', // WITH CHECK OPTION violation
  '54', // program limit exceeded: too long for an index, too many columns
  'P0', // raised by a trigger or a function
]);

/** SQLSTATEs that only a value in the request can cause. */
const UNSTORABLE = new Set([
  '22021', // character_not_in_repertoire: NUL in text
  '22P05', // untranslatable_character: \u0000 in jsonb
  '22P02', // invalid_text_representation
  '22003', // numeric_value_out_of_range
  '22008', // datetime_field_overflow
]);

/** What the driver says of a statement or a connection that failed. */
interface DriverError {
  readonly code?: string;
  readonly constraint?: string;
  readonly table?: string;
}

/** Whether nobody answered. */
export function isAway(error: unknown): boolean {
  return isUnreachable(driverErrorOf(error), NO_ANSWER);
}

/** Whether the database was away or busy, so that the same statement may succeed later. */
export function isPassingFailure(error: unknown): boolean {
  const state = stateOf(error);
  return isAway(error) || PASSING.has(state) || PASSING_CLASSES.has(classOf(state));
}

/**
 * Whether the database would not have the values, so that it will not have them later either. Neither this nor a passing
 * failure is what hits every statement until an operator comes: a missing table, a missing permission.
 */
export function isRefusal(error: unknown): error is Error {
  return error instanceof Error && REFUSED_CLASSES.has(classOf(stateOf(error)));
}

/** Whether the request has a value that cannot be stored. */
export function isUnstorable(error: unknown): boolean {
  return UNSTORABLE.has(stateOf(error));
}

/** Whether the server would not let us: a wrong password, no such role, a right that the role lacks. */
export function isDenial(error: unknown): boolean {
  const state = stateOf(error);
  return classOf(state) === '28' || state === '42501';
}

/** Whether the server has no such database. */
export function isNoSuchDatabase(error: unknown): boolean {
  return stateOf(error) === '3D000';
}

/** Whether a statement gave up waiting for a lock, by its session's `lock_timeout`. */
export function isLockTimeout(error: unknown): boolean {
  return stateOf(error) === '55P03';
}

/** Whether there is such a row already. */
export function isUniqueViolation(error: unknown): boolean {
  return stateOf(error) === '23505';
}

/** The constraint or unique index that a statement ran into, by name; null for any other failure. */
export function violatedConstraint(error: unknown): string | null {
  return driverErrorOf(error).constraint ?? null;
}

/** The table whose rows keep another row from being deleted; null for any other failure. */
export function referringTable(error: unknown): string | null {
  return stateOf(error) === '23503' ? (driverErrorOf(error).table ?? null) : null;
}

/** Empty where it is no failure of the server. */
function stateOf(error: unknown): string {
  const { code } = driverErrorOf(error);
  return typeof code === 'string' && code.length === 5 ? code : '';
}

function classOf(state: string): string {
  return state.slice(0, 2);
}

/** TypeORM wraps what the driver threw. */
function driverErrorOf(error: unknown): DriverError {
  const { driverError } = (error ?? {}) as { readonly driverError?: DriverError };
  return driverError ?? error ?? {};
}
