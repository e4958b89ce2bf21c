import { sqlStatesBefore } from './domain/execution-state.js';

/** One statement for any number of rows; a slot that is taken already is left as it is (the unique slot is the lock). */
export const INSERT_EXECUTIONS = `
  INSERT INTO executions (id, scheduled_for, service, job_id, job_version, schedule_id, trigger, state, reason, reason_detail,
                          priority, due_at, hold, max_attempts, parameters, retry_of, traceparent, finished_at)
  SELECT r.id, r.scheduled_for, r.service, r.job_id, r.job_version, r.schedule_id, r.trigger, r.state, r.reason, r.reason_detail,
         r.priority, COALESCE(r.due_at, now()), r.hold, r.max_attempts, COALESCE(r.parameters, '{}'), r.retry_of, r.traceparent,
         CASE WHEN r.state IN ('skipped', 'missed') THEN now() END
  FROM json_to_recordset($1::json) AS r(
    id uuid, scheduled_for timestamptz, service text, job_id uuid, job_version integer, schedule_id uuid, trigger text,
    state text, reason text, reason_detail jsonb, priority smallint, due_at timestamptz, hold text, max_attempts integer,
    parameters jsonb, retry_of uuid, traceparent text)
  ON CONFLICT DO NOTHING
  RETURNING id`;

/**
 * Due and free to run → queued, a batch at a time, whoever asks; a job with a limit takes the way over `hold` instead,
 * because its room is counted under the job's lock. SKIP LOCKED lets any number of dispatchers share the work.
 */
export const DISPATCH_DUE = `
  WITH due AS MATERIALIZED (
    SELECT e.id, e.scheduled_for, j.max_concurrency IS NOT NULL AS limited
    FROM executions e JOIN jobs j ON j.id = e.job_id
    WHERE e.state = 'pending' AND e.hold IS NULL AND e.due_at <= now()
    ORDER BY e.priority, e.due_at
    LIMIT $1
    FOR UPDATE OF e SKIP LOCKED
  )
  UPDATE executions e
  SET state     = CASE WHEN due.limited THEN 'pending' ELSE 'queued' END,
      hold      = CASE WHEN due.limited THEN 'concurrency' END,
      delivery  = e.delivery + CASE WHEN due.limited THEN 0 ELSE 1 END,
      queued_at = CASE WHEN due.limited THEN e.queued_at ELSE now() END
  FROM due
  WHERE e.id = due.id AND e.scheduled_for = due.scheduled_for
  RETURNING e.id, e.delivery, e.priority, e.state`;

/** Per schedule the oldest buffered run goes on once nothing else of that schedule is active. */
export const RELEASE_OVERLAP_HOLDS = `
  WITH oldest AS (
    SELECT DISTINCT ON (schedule_id) id, scheduled_for, job_id, schedule_id
    FROM executions
    WHERE state = 'pending' AND hold = 'overlap' AND due_at <= now()
    ORDER BY schedule_id, scheduled_for
  )
  UPDATE executions e
  SET hold = NULL
  FROM oldest o
  WHERE e.id = o.id AND e.scheduled_for = o.scheduled_for AND e.hold = 'overlap'
    AND NOT EXISTS (
      SELECT 1 FROM executions a
      WHERE a.job_id = o.job_id AND a.schedule_id = o.schedule_id
        AND a.state IN ('pending', 'queued', 'running') AND a.hold IS DISTINCT FROM 'overlap')
  RETURNING e.id`;

/** A loose index scan: one probe per job that has runs on hold, however many runs those are. */
export const LOCK_JOBS_ON_HOLD = `
  WITH RECURSIVE holding (job_id) AS (
    (SELECT job_id FROM executions WHERE state = 'pending' AND hold IS NOT NULL ORDER BY job_id LIMIT 1)
    UNION ALL
    SELECT (SELECT e.job_id FROM executions e
            WHERE e.state = 'pending' AND e.hold IS NOT NULL AND e.job_id > h.job_id
            ORDER BY e.job_id LIMIT 1)
    FROM holding h
    WHERE h.job_id IS NOT NULL
  )
  SELECT j.id
  FROM jobs j
  WHERE j.id IN (SELECT job_id FROM holding WHERE job_id IS NOT NULL)
  FOR NO KEY UPDATE SKIP LOCKED`;

/** Runs after LOCK_JOBS_ON_HOLD in the same transaction: a new snapshot, so the room counted is the room there is. */
export const DISPATCH_HELD = `
  WITH room AS (
    SELECT j.id AS job_id,
           COALESCE(j.max_concurrency, 2147483647) -
             (SELECT count(*) FROM executions a WHERE a.job_id = j.id AND a.state IN ('queued', 'running')) AS free
    FROM jobs j
    WHERE j.id = ANY($1::uuid[])
  ), next AS (
    SELECT held.id, held.scheduled_for
    FROM room, LATERAL (
      SELECT e.id, e.scheduled_for FROM executions e
      WHERE e.job_id = room.job_id AND e.state = 'pending' AND e.hold = 'concurrency' AND e.due_at <= now()
      ORDER BY e.priority, e.due_at
      LIMIT LEAST(GREATEST(room.free, 0), $2)
    ) held
  )
  UPDATE executions e
  SET state = 'queued', hold = NULL, delivery = e.delivery + 1, queued_at = now()
  FROM next
  WHERE e.id = next.id AND e.scheduled_for = next.scheduled_for AND e.state = 'pending'
  RETURNING e.id, e.delivery, e.priority, e.state`;

/** The queue did not take them: pending again, so that Postgres keeps them until it does. */
export const TAKE_BACK = `
  UPDATE executions e
  SET state = 'pending'
  FROM unnest($1::uuid[], $2::timestamptz[], $3::integer[]) AS m(id, scheduled_for, delivery)
  WHERE e.id = m.id AND e.scheduled_for = m.scheduled_for AND e.delivery = m.delivery AND e.state = 'queued'`;

/** The earliest due instant of what waits: one probe per priority, not a walk over all retries to come. */
export const EARLIEST_DUE = `
  SELECT min(next.due_at) AS due_at
  FROM generate_series(1, $1::integer) AS p(priority), LATERAL (
    SELECT e.due_at FROM executions e
    WHERE e.state = 'pending' AND e.hold IS NULL AND e.priority = p.priority
    ORDER BY e.due_at LIMIT 1
  ) next`;

/** Fenced by `delivery` and by the session's lease: a stale message or a dead worker gets no row, which is a normal answer. */
export const CLAIM = `
  UPDATE executions e
  SET state = 'running', session_id = $4, attempt = e.attempt + 1, job_version = j.version,
      started_at = COALESCE(e.started_at, now()), attempt_started_at = now()
  FROM unnest($1::uuid[], $2::timestamptz[], $3::integer[]) AS m(id, scheduled_for, delivery), jobs j
  WHERE e.id = m.id AND e.scheduled_for = m.scheduled_for AND e.delivery = m.delivery
    AND e.state IN (${sqlStatesBefore('running')})
    AND j.id = e.job_id
    AND EXISTS (SELECT 1 FROM worker_sessions s WHERE s.id = $4 AND s.ended_at IS NULL AND s.expires_at > now())
  RETURNING e.id, e.scheduled_for AS "scheduledFor", e.job_id AS "jobId", e.schedule_id AS "scheduleId", e.trigger,
            e.delivery, e.attempt, e.max_attempts AS "maxAttempts", e.lost_count AS "lostCount",
            e.released_count AS "releasedCount", e.parameters, e.traceparent, e.attempt_started_at AS "attemptStartedAt",
            e.session_id AS "sessionId", j.name AS "jobName", j.target, j.retry_policy AS "retryPolicy",
            j.timeout_ms AS "timeoutMs", j.delivery_guarantee AS "deliveryGuarantee"`;

/**
 * Final, retry or release in one guarded statement; a run that was taken from its worker gives no row. There is no next try
 * after a cancel, also when the try ended by itself before the cancel reached it.
 */
export const SETTLE = `
  UPDATE executions e
  SET state          = CASE WHEN m.state = 'pending' AND e.cancel_requested_at IS NOT NULL THEN 'cancelled' ELSE m.state END,
      session_id     = NULL,
      due_at         = CASE WHEN m.state = 'pending' THEN now() + m.delay_ms * interval '1 millisecond' ELSE e.due_at END,
      finished_at    = CASE WHEN m.state = 'pending' AND e.cancel_requested_at IS NULL THEN NULL ELSE now() END,
      result         = m.result,
      error          = m.error,
      attempts       = e.attempts || m.attempt_record,
      released_count = e.released_count + m.released
  FROM json_to_recordset($1::json) AS m(
    id uuid, scheduled_for timestamptz, delivery integer, session_id uuid, state text, delay_ms integer, released integer,
    result jsonb, error jsonb, attempt_record jsonb)
  WHERE e.id = m.id AND e.scheduled_for = m.scheduled_for AND e.delivery = m.delivery AND e.session_id = m.session_id
    AND e.state = 'running'
  RETURNING e.id,
            EXISTS (SELECT 1 FROM executions held WHERE held.job_id = e.job_id AND held.state = 'pending' AND held.hold IS NOT NULL)
              AS "unblocks"`;

/** Read back after a settle whose answer was lost on the wire: is our attempt's record there? */
export const WAS_SETTLED = `
  SELECT e.attempts @> $3::jsonb AS found FROM executions e WHERE e.id = $1 AND e.scheduled_for = $2`;

/** A result that came too late is kept on the record of its attempt, beside the one that counts. */
export const RECORD_DISCARDED = `
  UPDATE executions e
  SET attempts = e.attempts || $3::jsonb
  WHERE e.id = $1 AND e.scheduled_for = $2`;

/** Running rows whose worker is gone: back to pending, or final where the job, the caller or the limit says so. */
export const RESCUE = `
  WITH lost AS (
    SELECT e.id, e.scheduled_for, j.delivery_guarantee = 'at_most_once' OR e.lost_count + 1 >= $1 AS given_up
    FROM executions e
    JOIN jobs j ON j.id = e.job_id
    LEFT JOIN worker_sessions s ON s.id = e.session_id
    WHERE e.state = 'running' AND (s.id IS NULL OR s.ended_at IS NOT NULL)
    LIMIT $2
    FOR UPDATE OF e SKIP LOCKED
  ), verdict AS (
    SELECT e.id, e.scheduled_for,
           CASE WHEN e.cancel_requested_at IS NOT NULL THEN 'cancelled' WHEN lost.given_up THEN 'failed' ELSE 'pending' END AS state
    FROM lost JOIN executions e ON e.id = lost.id AND e.scheduled_for = lost.scheduled_for
  )
  UPDATE executions e
  SET state       = v.state,
      session_id  = NULL,
      lost_count  = e.lost_count + 1,
      due_at      = CASE WHEN v.state = 'pending' THEN now() ELSE e.due_at END,
      finished_at = CASE WHEN v.state = 'pending' THEN NULL ELSE now() END,
      error       = jsonb_build_object('type', 'worker_lost', 'message', 'the worker was lost while the run was in flight'),
      attempts    = e.attempts || jsonb_build_object(
        'attempt', e.attempt, 'startedAt', to_json(e.attempt_started_at AT TIME ZONE 'UTC') #>> '{}' || 'Z',
        'finishedAt', to_json(now()::timestamptz(3) AT TIME ZONE 'UTC') #>> '{}' || 'Z', 'outcome', 'lost', 'workerId', e.session_id,
        'error', jsonb_build_object('type', 'worker_lost', 'message', 'the worker was lost while the run was in flight'))
  FROM verdict v
  WHERE e.id = v.id AND e.scheduled_for = v.scheduled_for AND e.state = 'running'
  RETURNING e.id, e.state`;

/** What Postgres believes to be in the queue, oldest first, beyond the time a hand-over takes. */
export const QUEUED_BEFORE = `
  SELECT id, delivery, priority
  FROM executions
  WHERE state = 'queued' AND queued_at < now() - $1 * interval '1 millisecond'
  ORDER BY queued_at
  LIMIT $2`;

export const COUNT_QUEUED_AND_RUNNING = `
  SELECT count(*)::integer AS count FROM executions WHERE state IN ('queued', 'running')`;

/** At once where nothing runs yet; a running one is asked, and its worker ends it. */
export const CANCEL = `
  UPDATE executions e
  SET state               = CASE WHEN e.state = 'running' THEN 'running' ELSE 'cancelled' END,
      hold                = NULL,
      finished_at         = CASE WHEN e.state = 'running' THEN NULL ELSE now() END,
      cancel_requested_at = COALESCE(e.cancel_requested_at, now()),
      reason              = COALESCE(e.reason, $3)
  WHERE e.id = $1 AND e.scheduled_for = $2 AND e.state IN ('pending', 'queued', 'running')
  RETURNING e.id`;

export const CANCEL_PENDING_OF_JOB = `
  UPDATE executions
  SET state = 'cancelled', hold = NULL, finished_at = now(), cancel_requested_at = now(), reason = 'job_deleted'
  WHERE job_id = $1 AND state IN ('pending', 'queued')`;

/** Asks the workers of a schedule's active runs to end them, and ends those that wait (overlap policy cancel_running). */
export const CANCEL_ACTIVE_OF_SCHEDULES = `
  UPDATE executions
  SET state               = CASE WHEN state = 'running' THEN 'running' ELSE 'cancelled' END,
      hold                = NULL,
      finished_at         = CASE WHEN state = 'running' THEN NULL ELSE now() END,
      cancel_requested_at = COALESCE(cancel_requested_at, now()),
      reason              = COALESCE(reason, 'overlap')
  WHERE schedule_id = ANY($1::uuid[]) AND job_id = ANY($2::uuid[]) AND state IN ('pending', 'queued', 'running')`;

/** Claimed by a worker that does not know it: the claim committed and its answer was lost, so the run never began. */
export const RELEASE_ORPHANS = `
  UPDATE executions
  SET state = 'pending', session_id = NULL, due_at = now(), released_count = released_count + 1
  WHERE session_id = $1 AND state = 'running' AND id <> ALL($2::uuid[])
    AND attempt_started_at < now() - $3 * interval '1 millisecond'
  RETURNING id`;

/** Which of a worker's runs somebody wants ended. */
export const CANCEL_REQUESTED = `
  SELECT id FROM executions
  WHERE session_id = $1 AND state = 'running' AND cancel_requested_at IS NOT NULL`;

/** What is still active of each schedule: input to the overlap policy. */
export const ACTIVE_OF_SCHEDULES = `
  SELECT e.schedule_id AS "scheduleId",
         count(*) FILTER (WHERE e.hold IS DISTINCT FROM 'overlap')::integer AS "activeCount",
         count(*) FILTER (WHERE e.hold = 'overlap')::integer AS "heldCount",
         (array_agg(e.id ORDER BY e.scheduled_for) FILTER (WHERE e.hold IS DISTINCT FROM 'overlap'))[1] AS "blockingExecutionId"
  FROM executions e
  WHERE e.job_id = ANY($1::uuid[]) AND e.schedule_id = ANY($2::uuid[]) AND e.state IN ('pending', 'queued', 'running')
  GROUP BY e.schedule_id`;
