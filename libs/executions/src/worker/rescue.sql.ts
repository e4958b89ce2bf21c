/** Ends what nobody renewed, so that its runs can be rescued. */
export const END_EXPIRED_SESSIONS = `
  UPDATE worker_sessions SET ended_at = now() WHERE rescued_at IS NULL AND ended_at IS NULL AND expires_at < now()
  RETURNING id`;

const WORKER_LOST = `jsonb_build_object('type', 'worker_lost', 'message', 'the worker was lost while the run was in flight')`;

/** Running rows whose worker is gone: back to pending, or final where the job, the caller or the limit says so. */
export const RESCUE = `
  WITH lost AS (
    SELECT e.id, e.scheduled_for,
           CASE WHEN e.cancel_requested_at IS NOT NULL THEN 'cancelled'
                WHEN j.delivery_guarantee = 'at_most_once' OR e.lost_count + 1 >= $1 THEN 'failed'
                ELSE 'pending' END AS verdict
    FROM worker_sessions s
    JOIN executions e ON e.session_id = s.id
    JOIN jobs j ON j.id = e.job_id
    WHERE s.rescued_at IS NULL AND s.ended_at IS NOT NULL AND e.phase = 'active' AND e.state = 'running'
    LIMIT $2
    FOR UPDATE OF e SKIP LOCKED
  )
  UPDATE executions e
  SET state       = lost.verdict,
      session_id  = NULL,
      lost_count  = e.lost_count + 1,
      cancel_forced_at = CASE WHEN lost.verdict = 'cancelled' THEN now() END,
      due_at      = CASE WHEN lost.verdict = 'pending' THEN now() ELSE e.due_at END,
      finished_at = CASE WHEN lost.verdict = 'pending' THEN NULL ELSE now() END,
      error       = ${WORKER_LOST},
      attempts    = e.attempts || jsonb_build_object(
        'attempt', e.attempt, 'startedAt', to_json(e.attempt_started_at AT TIME ZONE 'UTC') #>> '{}' || 'Z',
        'finishedAt', to_json(now()::timestamptz(3) AT TIME ZONE 'UTC') #>> '{}' || 'Z', 'outcome', 'lost', 'workerId', e.session_id,
        'error', ${WORKER_LOST})
  FROM lost
  WHERE e.id = lost.id AND e.scheduled_for = lost.scheduled_for AND e.state = 'running'
  RETURNING e.id, e.state, e.trigger, e.service, e.job_id AS "jobId", e.schedule_id AS "scheduleId", e.attempt`;

/**
 * A claim that saw the session alive may commit after the session's end, but no later than the statement time-out allows:
 * so a session is looked at for a minute more before it is closed for good; and for as long as a run of it is left, say
 * one whose row was locked whenever the rescuer came by.
 */
export const CLOSE_SESSIONS = `
  UPDATE worker_sessions SET rescued_at = now()
  WHERE rescued_at IS NULL AND ended_at < now() - interval '1 minute'
    AND NOT EXISTS (SELECT FROM executions e WHERE e.phase = 'active' AND e.session_id = worker_sessions.id)`;

export const PRUNE_SESSIONS = `DELETE FROM worker_sessions WHERE rescued_at < now() - interval '7 days'`;
