import { SCHEDULER_ACTOR } from '@app/audit';

/**
 * What failed, timed out or was cancelled (RETRYABLE_STATES), in the words of the partial indexes
 * `executions_retryable_ends…`: only a statement that says so uses them, and is spared what was skipped.
 */
export const RETRYABLE_END = `e.phase = 'final' AND (e.error IS NOT NULL OR e.cancel_requested_at IS NOT NULL)`;

/**
 * What did not succeed, in the words of the partial indexes `executions_bad_ends…`: only a statement that says so uses them.
 * Their columns and not `state`, because an index on that would make every claim write to all indexes.
 */
export const BAD_END = `e.phase = 'final' AND (e.error IS NOT NULL OR e.reason IS NOT NULL OR e.cancel_requested_at IS NOT NULL)`;

/**
 * Queued or running. The second half is the predicate of the partial index `executions_open`; without it the planner passes
 * that index by.
 */
export const ACTIVE = `e.phase = 'active' AND e.phase <> 'final'`;

/**
 * Of the job `j` of a run. Said plainly, the planner would begin with the jobs that are there, as long as it knows nothing of
 * them and expects hardly any, and walk over all their runs.
 */
export const JOB_IS_THERE = `CASE WHEN j.deleted_at IS NULL THEN true ELSE false END`;

/** Prepared: people and services poll it. The instant is in the id, and names the partition. */
export function findExecution(columns: string): string {
  return `SELECT ${columns} FROM executions WHERE id = $1 AND scheduled_for = $2 AND service = $3`;
}

/**
 * One statement for any number of rows; a slot that is taken already is left as it is (the unique slot is the lock). What is
 * stored as queued starts with its first delivery: its hand-over follows the commit. A list a column, as in SETTLE.
 */
export const INSERT_EXECUTIONS = `
  INSERT INTO executions (id, scheduled_for, service, job_id, job_version, schedule_id, trigger, state, reason, reason_detail,
                          priority, due_at, hold, max_attempts, parameters, retry_of, traceparent, finished_at,
                          delivery, queued_at)
  SELECT r.*,
         CASE WHEN r.state IN ('skipped', 'missed') THEN now() END,
         CASE WHEN r.state = 'queued' THEN 1 ELSE 0 END, CASE WHEN r.state = 'queued' THEN now() END
  FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::integer[], $6::uuid[], $7::text[], $8::text[],
              $9::text[], $10::jsonb[], $11::smallint[], $12::timestamptz[], $13::text[], $14::integer[], $15::jsonb[],
              $16::uuid[], $17::text[])
       AS r(id, scheduled_for, service, job_id, job_version, schedule_id, trigger, state, reason, reason_detail,
            priority, due_at, hold, max_attempts, parameters, retry_of, traceparent)
  ON CONFLICT DO NOTHING
  RETURNING id`;

/**
 * What a cancel sets: at once where nothing runs yet; a running one is asked, and its worker ends it. Whoever asked first
 * stays on record.
 * @param actor in SQL, as the others
 * @param reason null where nobody gave one
 */
export function cancelColumns(actor: string, reason: string): string {
  return `
      state               = CASE WHEN e.state = 'running' THEN 'running' ELSE 'cancelled' END,
      hold                = NULL,
      finished_at         = CASE WHEN e.state = 'running' THEN NULL ELSE now() END,
      cancel_requested_at = COALESCE(e.cancel_requested_at, now()),
      cancel_requested_by = CASE WHEN e.cancel_requested_at IS NULL THEN ${actor} ELSE e.cancel_requested_by END,
      cancel_reason       = CASE WHEN e.cancel_requested_at IS NULL THEN ${reason} ELSE e.cancel_reason END,
      reason              = COALESCE(e.reason, ${reason}, 'requested')`;
}

const BY_SCHEDULER = `'${SCHEDULER_ACTOR}'`;

/** The row is locked before it is read: of two that ask at once only one is told that it was the first. */
export const CANCEL = `
  UPDATE executions e
  SET ${cancelColumns('$3', '$4')}
  FROM (
    SELECT id, scheduled_for, cancel_requested_at IS NULL AS "isFirst" FROM executions
    WHERE id = $1 AND scheduled_for = $2 AND service = $5 AND phase <> 'final'
    FOR UPDATE
  ) AS asked
  WHERE e.id = asked.id AND e.scheduled_for = asked.scheduled_for
  RETURNING asked."isFirst"`;

/**
 * By id, as claims and settles lock, so that neither waits for the other in turn. As a function of it, for connections avoid a
 * sort (data-source.ts): an index that has this order would be walked from end to end instead (15 s beside 80,000 runs).
 */
const IN_ORDER_OF_LOCKS = 'ORDER BY uuid_send(e.id)';

/** Any `$3` of what waits of a job. */
export const CANCEL_PENDING_OF_JOB = `
  WITH picked AS MATERIALIZED (
    SELECT id, scheduled_for FROM executions
    WHERE job_id = $1 AND service = $2 AND phase <> 'final' AND state IN ('pending', 'queued')
    LIMIT $3
  ), waiting AS MATERIALIZED (
    SELECT e.id, e.scheduled_for FROM picked p JOIN executions e ON e.id = p.id AND e.scheduled_for = p.scheduled_for
    WHERE e.state IN ('pending', 'queued')
    ${IN_ORDER_OF_LOCKS}
    FOR UPDATE OF e
  )
  UPDATE executions e
  SET ${cancelColumns(BY_SCHEDULER, "'job_deleted'")}
  FROM waiting
  WHERE e.id = waiting.id AND e.scheduled_for = waiting.scheduled_for`;

/** Asks the workers of a schedule's runs to end them, and ends those that wait (overlap policy cancel_running). */
export const CANCEL_UNFINISHED_OF_SCHEDULES = `
  WITH unfinished AS MATERIALIZED (
    SELECT e.id, e.scheduled_for FROM executions e
    WHERE e.schedule_id = ANY($1::uuid[]) AND e.job_id = ANY($2::uuid[]) AND e.phase <> 'final'
    ${IN_ORDER_OF_LOCKS}
    FOR UPDATE
  )
  UPDATE executions e
  SET ${cancelColumns(BY_SCHEDULER, "'overlap'")}
  FROM unfinished
  WHERE e.id = unfinished.id AND e.scheduled_for = unfinished.scheduled_for`;

/**
 * What is unfinished of each schedule: input to the overlap policy. In the way is the oldest that may run, or, between the
 * end of one run and the release of the next, the oldest that is held.
 */
export const UNFINISHED_OF_SCHEDULES = `
  SELECT e.schedule_id AS "scheduleId",
         count(*) FILTER (WHERE e.hold IS DISTINCT FROM 'overlap')::integer AS "activeCount",
         count(*) FILTER (WHERE e.hold = 'overlap')::integer AS "heldCount",
         (array_agg(e.id ORDER BY e.hold IS NOT DISTINCT FROM 'overlap', e.scheduled_for))[1] AS "blockingExecutionId"
  FROM executions e
  WHERE e.job_id = ANY($1::uuid[]) AND e.schedule_id = ANY($2::uuid[]) AND e.phase <> 'final'
  GROUP BY e.schedule_id`;
