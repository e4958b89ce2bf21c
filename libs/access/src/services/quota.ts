import type { EntityManager } from 'typeorm';
import { rowsOf } from '@app/platform/database';
import { ProblemError } from '@app/platform/problem';

/** What a service may have only a limited number of. */
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

/** No lock: a schedule stored while the limit changes may follow either value. */
const MIN_INTERVAL = `
  SELECT min_interval_seconds AS least FROM services WHERE slug = $1 AND min_interval_seconds IS NOT NULL`;

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
  throw quotaExceeded(quota, `The service has reached its ${quota} of ${limit.most}.`);
}

/** How close the instants of a schedule that is to be stored come to each other. */
interface Rhythm {
  /** The field that decides it, as a pointer. */
  readonly pointer: string;
  /** Asked only where there is a limit; exact where it is less than that limit. */
  readonly shortestSeconds: (least: number) => number;
}

/** @throws ProblemError `quota_exceeded` for a schedule whose instants come closer than its service's `minIntervalSeconds` */
export async function demandInterval(
  tx: EntityManager,
  service: string,
  { pointer, shortestSeconds }: Rhythm,
): Promise<void> {
  const [limit] = await rowsOf<{ least: number }>(tx, MIN_INTERVAL, [service]);
  if (limit === undefined) return;
  const shortest = shortestSeconds(limit.least);
  if (shortest >= limit.least) return;
  const detail = `Two instants are ${shortest} s apart, and the minIntervalSeconds of the service is ${limit.least}.`;
  throw quotaExceeded('minIntervalSeconds', detail, pointer);
}

/** Of a service whose history takes more than it may. */
export function storageExceeded(): ProblemError {
  const detail = 'The history of the service takes more than its maxStoredBytes.';
  return quotaExceeded('maxStoredBytes', detail);
}

/** 403: the same request is refused until somebody makes room, or an operator raises the limit. */
export function quotaExceeded(quota: string, detail: string, pointer = ''): ProblemError {
  return new ProblemError('forbidden', 'quota_exceeded', detail, [{ pointer, code: quota, detail }]);
}
