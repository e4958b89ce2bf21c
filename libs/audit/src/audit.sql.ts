import { bytesOf, withinPageBytes } from '@app/platform/database';

/** `at` is the database's, as for what is changed beside it. */
const INSERT_EVENT = `
  INSERT INTO audit_events (id, service, actor, action, resource_type, resource_id, before, after, reason, request_id)`;

/** One row: all that an audited request pays. */
export const RECORD_CHANGE = `${INSERT_EVENT}
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

/**
 * The same inside a statement that makes the change: one event where `source` has a row.
 * @param event its parameters, as `eventOf` gives them, in one JSON array
 */
export function recordChangeFrom(source: string, event: string): string {
  return `${INSERT_EVENT}
    SELECT (event ->> 0)::uuid, event ->> 1, event ->> 2, event ->> 3, event ->> 4, event ->> 5,
           NULLIF(event -> 6, 'null'), NULLIF(event -> 7, 'null'), event ->> 8, ${requestIdOf('event')}
    FROM (SELECT ${event}::jsonb AS event FROM ${source}) AS change`;
}

/** The id of the request that an event is of. @param event its parameters, as `eventOf` gives them, as jsonb */
export function requestIdOf(event: string): string {
  return `${event} ->> 9`;
}

/** Whether anything is remembered that a service owned, besides the service itself. */
export const OWNED_ANYTHING = `
  SELECT FROM audit_events WHERE service = $1 AND resource_type <> 'service' LIMIT 1`;

/** Newest first, along the primary index of a service, or of a resource. A filter that is null is planned away. */
export const LIST_EVENTS = withinPageBytes(`
  SELECT id, service, at, actor, action, resource_type AS "resourceType", resource_id AS "resourceId", before, after, reason,
         request_id AS "requestId", ${bytesOf('before', 'after')} AS bytes
  FROM audit_events
  WHERE service = $1
    AND ($2::text IS NULL OR actor = $2)
    AND ($3::text[] IS NULL OR action = ANY ($3))
    AND ($4::text[] IS NULL OR resource_type = ANY ($4))
    AND ($5::text IS NULL OR resource_id = $5)
    AND ($6::timestamptz IS NULL OR at >= $6)
    AND ($7::timestamptz IS NULL OR at < $7)
    AND ($8::timestamptz IS NULL OR (at, id) < ($8, $9::uuid))
  ORDER BY at DESC, id DESC
  LIMIT $10`);

/** The trigger lets nobody delete who does not say so first, until the end of the transaction. */
export const ALLOW_PRUNING = `SET LOCAL scheduler.prunes_audit_events = 'on'`;

/** A batch, oldest first: the first rows of the primary key. */
export const PRUNE_EVENTS = `
  DELETE FROM audit_events e
  USING (SELECT at, id FROM audit_events WHERE at < now() - $1 * interval '1 day' ORDER BY at, id LIMIT $2) old
  WHERE e.at = old.at AND e.id = old.id`;
