import { ProblemError } from '@app/platform/problem';
import { SLUG } from './domain/service.js';

export function serviceNotFound(slug: string): ProblemError {
  return new ProblemError('not_found', 'service_not_found', `There is no service ${JSON.stringify(slug)}.`);
}

/** The credential is of a service that there is not, say one that was deleted. */
export function serviceUnknown(): ProblemError {
  return new ProblemError(
    'forbidden',
    'service_unknown',
    'The service that this credential is for does not exist.',
  );
}

/** Refuses what no slug can be, before Postgres fails at it, such as NUL. @throws ProblemError `service_not_found` */
export function refuseOddSlug(slug: string): void {
  if (!SLUG.test(slug)) throw serviceNotFound(slug);
}

export function slugTaken(slug: string): ProblemError {
  return taken(`There is a service ${JSON.stringify(slug)} already.`);
}

/** Whoever got the name would read what the one before did. */
export function slugRemembered(slug: string): ProblemError {
  return taken(`There was a service ${JSON.stringify(slug)}, whose audit log is still kept under this name.`);
}

function taken(detail: string): ProblemError {
  return new ProblemError('conflict', 'slug_taken', detail, [
    { pointer: '/slug', code: 'slug_taken', detail },
  ]);
}

/** What a service may own, by table. Deleted and revoked rows block its deletion too, until they are pruned. */
const OWNED: Readonly<Record<string, string>> = {
  jobs: 'jobs, deleted ones whose history is kept included',
  calendars: 'calendars',
  api_keys: 'API keys, included those revoked within the retention of history',
};

/** @param table of what it owns, as the foreign key knows it */
export function serviceInUse(slug: string, table: string): ProblemError {
  return new ProblemError(
    'conflict',
    'service_in_use',
    `Service ${JSON.stringify(slug)} cannot be deleted while it owns ${OWNED[table] ?? 'anything'}.`,
  );
}

export function serviceIsDefault(slug: string): ProblemError {
  return new ProblemError(
    'conflict',
    'service_is_default',
    `Service ${JSON.stringify(slug)} is everybody's where there is no access control, and cannot be deleted.`,
  );
}
