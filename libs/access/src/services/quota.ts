import type { EntityManager } from 'typeorm';
import { rowsOf } from '@app/platform/database';
import { ProblemError } from '@app/platform/problem';

/** What a service may only have so many of. */
export type CountedQuota = 'maxJobs' | 'maxSchedules';

/**
 * The lock makes the count exact: whoever creates at the same moment waits for this transaction. No row, and no lock, where
 * there is no limit.
 */
const LOCK_LIMIT: Readonly<Record<CountedQuota, string>> = {
  maxJobs: `
  SELECT max_jobs AS most FROM services WHERE slug = $1 AND max_jobs IS NOT NULL FOR NO KEY UPDATE`,
  maxSchedules: `
  SELECT max_schedules AS most FROM services WHERE slug = $1 AND max_schedules IS NOT NULL FOR NO KEY UPDATE`,
};

/**
 * Keeps a service within its limit until `tx`, which is to add one, ends.
 * @param count how many it has, read after the lock
 * @throws ProblemError `quota_exceeded`
 */
export async function demandRoom(
  tx: EntityManager,
  service: string,
  quota: CountedQuota,
  count: () => Promise<number>,
): Promise<void> {
  const [limit] = await rowsOf<{ most: number }>(tx, LOCK_LIMIT[quota], [service]);
  if (limit === undefined || (await count()) < limit.most) return;
  const detail = `The service has as many as it may: its ${quota} is ${limit.most}.`;
  throw new ProblemError('forbidden', 'quota_exceeded', detail, [{ pointer: '', code: quota, detail }]);
}
