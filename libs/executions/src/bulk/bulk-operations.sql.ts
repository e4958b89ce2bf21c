import type { Statement } from '@app/platform/database';
import { RETRYABLE_STATES, sqlStates } from '../domain/execution-state.js';
import { LOW_PRIORITY_LANE } from '../domain/priority-lanes.js';
import { cancelColumns } from '../executions.sql.js';
import type { BulkOperation } from './domain/bulk-operation.js';
import { matching, type Selection } from './matching.sql.js';

/** The one that nobody has worked on for longest: a large operation does not keep a small one waiting. `$1` are left out. */
export const LOCK_NEXT = `
  SELECT id FROM bulk_operations
  WHERE finished_at IS NULL AND id <> ALL($1::uuid[])
  ORDER BY worked_at NULLS FIRST, id
  LIMIT 1
  FOR UPDATE SKIP LOCKED`;

/** `$4`: nothing is left to do. `matched` was counted a moment before `created_at`, so it may be one or two short. */
export const RECORD_PROGRESS = `
  UPDATE bulk_operations
  SET state       = CASE WHEN $4 THEN 'succeeded' ELSE 'running' END,
      started_at  = COALESCE(started_at, now()),
      worked_at   = clock_timestamp(),
      finished_at = CASE WHEN $4 THEN now() END,
      done        = done + $2,
      matched     = GREATEST(matched, done + $2),
      after_id    = COALESCE($3, after_id)
  WHERE id = $1`;

export const CANCEL_OPERATION = `
  UPDATE bulk_operations SET state = 'cancelled', finished_at = now() WHERE id = $1 AND service = $2 AND finished_at IS NULL
  RETURNING id`;

export const FAIL_OPERATION = `
  UPDATE bulk_operations SET state = 'failed', error = $2, finished_at = now() WHERE id = $1 AND finished_at IS NULL`;

/** Behind all others, so that what is stuck for now holds up none of them. */
export const POSTPONE_OPERATION = `UPDATE bulk_operations SET worked_at = clock_timestamp() WHERE id = $1`;

export const PRUNE_OPERATIONS = `DELETE FROM bulk_operations WHERE finished_at < now() - $1 * interval '1 day'`;

export function countMatching(selection: Selection): Statement {
  const { sql, parameters } = matching(selection);
  return { sql: `SELECT count(*)::integer AS count FROM executions e WHERE ${sql}`, parameters };
}

/** Of jobs that are still there: only those can be run again. One is enough to know. */
export function commandsMatching(selection: Selection): Statement {
  const { sql, parameters } = matching(selection);
  return {
    sql: `
  SELECT 1 FROM executions e JOIN jobs c ON c.id = e.job_id
  WHERE ${sql} AND c.deleted_at IS NULL AND c.target ->> 'type' = 'command' LIMIT 1`,
    parameters,
  };
}

export function anyMatching(selection: Selection): Statement {
  const { sql, parameters } = matching(selection);
  return { sql: `SELECT 1 FROM executions e WHERE ${sql} LIMIT 1`, parameters };
}

/** As the cancel of one, a batch at a time. A row that somebody holds this moment is left to the next round. */
export function cancelMatching(operation: BulkOperation, limit: number): Statement {
  const { sql, parameters } = matching(operation);
  const [max, actor, reason] = [1, 2, 3].map((offset) => `$${parameters.length + offset}`);
  return {
    sql: `
  WITH picked AS MATERIALIZED (
    SELECT e.id, e.scheduled_for FROM executions e WHERE ${sql} LIMIT ${max} FOR UPDATE SKIP LOCKED
  )
  UPDATE executions e
  SET ${cancelColumns(actor!, reason!)}
  FROM picked
  WHERE e.id = picked.id AND e.scheduled_for = picked.scheduled_for
  RETURNING e.id`,
    parameters: [...parameters, limit, operation.createdBy, operation.reason],
  };
}

/** Oldest first, on from the batch before. */
export function pickRetryable(operation: BulkOperation, limit: number): Statement {
  const { sql, parameters } = matching(operation);
  return {
    sql: `SELECT e.id FROM executions e WHERE ${sql} ORDER BY e.id LIMIT $${parameters.length + 1}`,
    parameters: [...parameters, limit],
  };
}

/**
 * Repeats executions as the retry of one does, without their parameters leaving the database: `$1` are they, `$2` their
 * instants, `$3` the ids of their repetitions, which all have the instant `$4`. The guard makes each be repeated once,
 * whoever else is at it. Without `$6` commands are left alone.
 */
export const RETRY_PICKED = `
  WITH retried AS (
    UPDATE executions e
    SET retried_as = m.new_id
    FROM unnest($1::uuid[], $2::timestamptz[], $3::uuid[]) AS m(id, scheduled_for, new_id), jobs j
    WHERE e.id = m.id AND e.scheduled_for = m.scheduled_for AND e.retried_as IS NULL
      AND e.state IN (${sqlStates(RETRYABLE_STATES)})
      AND j.id = e.job_id AND j.deleted_at IS NULL AND ($6 OR j.target ->> 'type' <> 'command')
    RETURNING m.new_id, e.id, e.service, e.schedule_id, e.parameters, j.id AS job_id, j.version, j.priority, j.retry_policy
  )
  INSERT INTO executions (id, scheduled_for, service, job_id, job_version, schedule_id, trigger, state, priority, due_at,
                          max_attempts, parameters, retry_of)
  SELECT r.new_id, $4::timestamptz, r.service, r.job_id, r.version, r.schedule_id, 'retry', 'pending',
         r.priority + CASE WHEN $5 THEN ${LOW_PRIORITY_LANE} ELSE 0 END, now(), (r.retry_policy ->> 'maxAttempts')::integer,
         r.parameters, r.id
  FROM retried r
  RETURNING id`;
