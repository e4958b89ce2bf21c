import { sqlStatesBefore } from '../domain/execution-state.js';
import { JOB_IS_THERE } from '../executions.sql.js';

/**
 * Fenced by `delivery` and by the session's lease: a stale message or a dead worker gets no row, which is a normal answer.
 * Nor does a run whose job is deleted: it waits to be ended.
 */
export const CLAIM = `
  UPDATE executions e
  SET state = 'running', session_id = $4, attempt = e.attempt + 1, job_version = j.version,
      started_at = COALESCE(e.started_at, now()), attempt_started_at = now()
  FROM unnest($1::uuid[], $2::timestamptz[], $3::integer[]) AS m(id, scheduled_for, delivery), jobs j
  WHERE e.id = m.id AND e.scheduled_for = m.scheduled_for AND e.delivery = m.delivery
    AND e.state IN (${sqlStatesBefore('running')})
    AND j.id = e.job_id AND ${JOB_IS_THERE}
    AND EXISTS (SELECT 1 FROM worker_sessions s WHERE s.id = $4 AND s.ended_at IS NULL AND s.expires_at > now())
  RETURNING e.id, e.scheduled_for AS "scheduledFor", e.service, e.job_id AS "jobId", e.schedule_id AS "scheduleId", e.trigger,
            e.delivery, e.attempt, e.max_attempts AS "maxAttempts", e.lost_count AS "lostCount",
            e.released_count AS "releasedCount", e.retry_of AS "retryOf", e.parameters, e.traceparent, e.request_id AS "requestId",
            e.attempt_started_at AS "attemptStartedAt", e.started_at AS "startedAt", e.due_at AS "dueAt", e.queued_at AS "queuedAt",
            e.priority, e.session_id AS "sessionId", j.name AS "jobName", j.target, j.retry_policy AS "retryPolicy",
            j.timeout_ms AS "timeoutMs", j.delivery_guarantee AS "deliveryGuarantee"`;

/** Not claimed: the message of this delivery is dropped, and the next dispatch makes another. Without a delay it keeps its place. */
export const PUT_OFF = `
  UPDATE executions
  SET state = 'pending', due_at = CASE WHEN $4::float8 > 0 THEN now() + $4::float8 * interval '1 millisecond' ELSE due_at END
  WHERE id = $1 AND scheduled_for = $2 AND delivery = $3 AND state = 'queued'`;

/**
 * Final, retry or release in one guarded statement; a run that was taken from its worker gives no row. There is no next try
 * after a cancel, even when the try ended by itself before the cancel reached it; and that cancel is not the reason of its end.
 *
 * Whether something is on hold is asked in the order of `executions_held`, which only that index has: another one would walk
 * over all that waits of the job, held or not, in every batch. A list a column: json_to_recordset would cost 11 µs a row.
 */
export const SETTLE = `
  WITH settled AS (
  UPDATE executions e
  SET state          = CASE WHEN m.state = 'pending' AND e.cancel_requested_at IS NOT NULL THEN 'cancelled' ELSE m.state END,
      session_id     = NULL,
      reason         = CASE WHEN m.state IN ('pending', 'cancelled') THEN e.reason END,
      due_at         = CASE WHEN m.state = 'pending' THEN now() + m.delay_ms * interval '1 millisecond' ELSE e.due_at END,
      finished_at    = CASE WHEN m.state = 'pending' AND e.cancel_requested_at IS NULL THEN NULL ELSE now() END,
      result         = m.result,
      error          = m.error,
      attempts       = e.attempts || m.attempt_record,
      released_count = e.released_count + m.released,
      cancel_acknowledged_at = CASE WHEN m.cancel = 'acknowledged' THEN now() END,
      cancel_forced_at       = CASE WHEN m.cancel = 'forced' THEN now() END
  FROM unnest($1::uuid[], $2::timestamptz[], $3::integer[], $4::uuid[], $5::text[], $6::integer[], $7::integer[],
              $8::jsonb[], $9::jsonb[], $10::jsonb[], $11::text[])
       AS m(id, scheduled_for, delivery, session_id, state, delay_ms, released, result, error, attempt_record, cancel)
  WHERE e.id = m.id AND e.scheduled_for = m.scheduled_for AND e.delivery = m.delivery AND e.session_id = m.session_id
    AND e.state = 'running'
  RETURNING e.id, e.job_id
  ), blocked AS (
    SELECT job_id FROM (SELECT DISTINCT job_id FROM settled) j
    WHERE (SELECT e.hold FROM executions e WHERE e.job_id = j.job_id AND e.phase = 'waiting' AND e.hold IS NOT NULL
           ORDER BY e.priority, e.due_at LIMIT 1) IS NOT NULL
  )
  SELECT id, job_id IN (SELECT job_id FROM blocked) AS "unblocks" FROM settled`;

/** Read back after a settle whose answer was lost on the wire: is our attempt's record there? */
export const WAS_SETTLED = `
  SELECT e.attempts @> $3::jsonb AS found FROM executions e WHERE e.id = $1 AND e.scheduled_for = $2`;

/** A result that came too late is kept on the record of its attempt, beside the one that counts. */
export const RECORD_DISCARDED = `
  UPDATE executions e
  SET attempts = e.attempts || $3::jsonb
  WHERE e.id = $1 AND e.scheduled_for = $2`;

/** Claimed by a worker that does not know it: the claim committed and its answer was lost, so the run never began. */
export const RELEASE_ORPHANS = `
  UPDATE executions
  SET state          = CASE WHEN cancel_requested_at IS NULL THEN 'pending' ELSE 'cancelled' END,
      finished_at    = CASE WHEN cancel_requested_at IS NULL THEN NULL ELSE now() END,
      session_id     = NULL,
      due_at         = now(),
      released_count = released_count + 1
  WHERE phase = 'active' AND session_id = $1 AND state = 'running' AND id <> ALL($2::uuid[])
    AND attempt_started_at < now() - $3 * interval '1 millisecond'
  RETURNING id`;

/** Which of a worker's runs somebody wants ended. */
export const CANCEL_REQUESTED = `
  SELECT id, cancel_delivered_at IS NULL AS "isNew" FROM executions
  WHERE phase = 'active' AND cancel_requested_at IS NOT NULL AND session_id = $1`;

/** Once per request: looking again, as a worker does until the run has ended, writes nothing. */
export const CANCEL_DELIVERED = `
  UPDATE executions e
  SET cancel_delivered_at = now()
  FROM unnest($2::uuid[], $3::timestamptz[]) AS m(id, scheduled_for)
  WHERE e.id = m.id AND e.scheduled_for = m.scheduled_for AND e.session_id = $1 AND e.cancel_delivered_at IS NULL`;
