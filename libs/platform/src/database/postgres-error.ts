import { QueryFailedError } from 'typeorm';
import { driverErrorOf } from './passing-failure.js';

/** The constraint or unique index that a statement ran into, by name; null for any other failure. */
export function violatedConstraint(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { constraint } = driverErrorOf(error) as { constraint?: string };
  return constraint ?? null;
}

/** Whether a statement gave up waiting for a lock, by its session's `lock_timeout`. */
export function isLockTimeout(error: unknown): boolean {
  return error instanceof Error && driverErrorOf(error).code === '55P03';
}

/** The table whose rows keep another row from being deleted; null for any other failure. */
export function referringTable(error: unknown): string | null {
  if (!(error instanceof QueryFailedError)) return null;
  const { code, table } = error.driverError as { code?: string; table?: string };
  return code === '23503' ? (table ?? null) : null;
}
