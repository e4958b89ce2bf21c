import { BAD_END } from '../executions.sql.js';

/** Who keeps history for less time than the installation, with the instants before which it may go: none, as a rule. */
export const SHORTER_RETENTIONS = `
  SELECT slug AS service,
         now() - LEAST(succeeded_retention_days, $1) * interval '1 day' AS "succeededBefore",
         now() - LEAST(failed_retention_days, $1) * interval '1 day' AS "failedBefore"
  FROM services
  WHERE succeeded_retention_days < $1 OR failed_retention_days < $1
  ORDER BY slug`;

/**
 * The oldest, on from the batch before, which spares a round from walking again over what it left. Ids begin with
 * `scheduled_for`, so they find the batch; a run that waited for long counts from its end all the same.
 */
const OLD = `
  SELECT e.id
  FROM executions e
  WHERE e.service = $1 AND e.id > $2 AND e.scheduled_for >= $3 AND e.id < $4 AND e.scheduled_for < $5
    AND e.finished_at < $5`;
const OLDEST_FIRST = `ORDER BY e.id LIMIT $6`;

export const OLD_SUCCEEDED = `${OLD} AND e.phase = 'final' AND e.state = 'succeeded' ${OLDEST_FIRST}`;

/** Whatever else is final: among the many successes it has indexes of its own. */
export const OLD_FAILED = `${OLD} AND ${BAD_END} AND e.state <> 'succeeded' ${OLDEST_FIRST}`;

/** Deleted ones that no history refers to any more. */
export const PRUNE_JOBS = `
  DELETE FROM jobs WHERE id IN (
    SELECT j.id FROM jobs j
    WHERE j.deleted_at < now() - $1 * interval '1 day'
      AND NOT EXISTS (SELECT FROM executions e WHERE e.job_id = j.id)
      AND NOT EXISTS (SELECT FROM schedules s WHERE s.job_id = j.id)
    LIMIT $2
  )`;

/** Some runs have a hundred thousand lines: these go a bounded number at a time too. */
export const DELETE_LOGS = `
  WITH old AS MATERIALIZED (
    SELECT l.execution_id, l.seq, l.scheduled_for
    FROM unnest($1::uuid[], $2::timestamptz[]) AS m(id, scheduled_for)
    JOIN execution_logs l ON l.execution_id = m.id AND l.scheduled_for = m.scheduled_for
    LIMIT $3
  )
  DELETE FROM execution_logs l USING old
  WHERE l.execution_id = old.execution_id AND l.seq = old.seq AND l.scheduled_for = old.scheduled_for`;

export const DELETE_EXECUTIONS = `
  DELETE FROM executions e USING unnest($1::uuid[], $2::timestamptz[]) AS m(id, scheduled_for)
  WHERE e.id = m.id AND e.scheduled_for = m.scheduled_for AND e.phase = 'final'`;
