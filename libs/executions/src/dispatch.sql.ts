import { SCHEDULER_ACTOR } from './domain/execution.js';

/**
 * Due and free to run → queued, a batch at a time, whoever asks; a job with a limit takes the way over `hold` instead,
 * because its room is counted under the job's lock. SKIP LOCKED lets any number of dispatchers share the work. The rows
 * are picked before any join, in the order of the index, so a backlog costs no more than the batch. A try that failed or
 * was lost after its job's deletion ends here: there is no next one.
 */
export const DISPATCH_DUE = `
  WITH due AS MATERIALIZED (
    SELECT e.id, e.scheduled_for, e.job_id
    FROM executions e
    WHERE e.phase = 'waiting' AND e.hold IS NULL AND e.due_at <= now()
    ORDER BY e.priority, e.due_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
  )
  UPDATE executions e
  SET state       = CASE WHEN j.deleted_at IS NOT NULL THEN 'cancelled'
                         WHEN j.max_concurrency IS NULL THEN 'queued' ELSE 'pending' END,
      hold        = CASE WHEN j.deleted_at IS NULL AND j.max_concurrency IS NOT NULL THEN 'concurrency' END,
      delivery    = e.delivery + CASE WHEN j.max_concurrency IS NULL THEN 1 ELSE 0 END,
      queued_at   = CASE WHEN j.deleted_at IS NULL AND j.max_concurrency IS NULL THEN now() ELSE e.queued_at END,
      finished_at = CASE WHEN j.deleted_at IS NOT NULL THEN now() END,
      reason      = CASE WHEN j.deleted_at IS NOT NULL THEN 'job_deleted' ELSE e.reason END,
      cancel_requested_at = CASE WHEN j.deleted_at IS NOT NULL THEN now() ELSE e.cancel_requested_at END,
      cancel_requested_by = CASE WHEN j.deleted_at IS NOT NULL THEN '${SCHEDULER_ACTOR}' ELSE e.cancel_requested_by END,
      cancel_reason       = CASE WHEN j.deleted_at IS NOT NULL THEN 'job_deleted' ELSE e.cancel_reason END
  FROM due JOIN jobs j ON j.id = due.job_id
  WHERE e.id = due.id AND e.scheduled_for = due.scheduled_for
  RETURNING e.id, e.delivery, e.priority, e.state, extract(epoch FROM now() - e.due_at)::float8 AS "waitedSeconds"`;

/** Per schedule the oldest buffered run goes on once nothing else of that schedule is unfinished. */
export const RELEASE_OVERLAP_HOLDS = `
  WITH oldest AS (
    SELECT DISTINCT ON (schedule_id) id, scheduled_for, job_id, schedule_id
    FROM executions
    WHERE phase = 'waiting' AND hold IS NOT NULL AND hold = 'overlap' AND due_at <= now()
    ORDER BY schedule_id, scheduled_for
  )
  UPDATE executions e
  SET hold = NULL
  FROM oldest o
  WHERE e.id = o.id AND e.scheduled_for = o.scheduled_for AND e.hold = 'overlap'
    AND NOT EXISTS (
      SELECT 1 FROM executions a
      WHERE a.job_id = o.job_id AND a.schedule_id = o.schedule_id
        AND a.phase <> 'final' AND a.hold IS DISTINCT FROM 'overlap')
  RETURNING extract(epoch FROM now() - e.due_at)::float8 AS "waitedSeconds"`;

/** A loose index scan: one probe per job that has runs on hold, however many runs those are. */
export const LOCK_JOBS_ON_HOLD = `
  WITH RECURSIVE holding (job_id) AS (
    (SELECT job_id FROM executions WHERE phase = 'waiting' AND hold IS NOT NULL ORDER BY job_id LIMIT 1)
    UNION ALL
    SELECT (SELECT e.job_id FROM executions e
            WHERE e.phase = 'waiting' AND e.hold IS NOT NULL AND e.job_id > h.job_id
            ORDER BY e.job_id LIMIT 1)
    FROM holding h
    WHERE h.job_id IS NOT NULL
  )
  SELECT j.id
  FROM jobs j
  WHERE j.id IN (SELECT job_id FROM holding WHERE job_id IS NOT NULL)
  FOR NO KEY UPDATE SKIP LOCKED`;

/**
 * Runs after LOCK_JOBS_ON_HOLD in the same transaction: a new snapshot, so the room counted is the room there is. One batch
 * for all jobs together, the most urgent first: a thousand jobs with a batch each would flood the queue.
 */
export const DISPATCH_HELD = `
  WITH room AS (
    SELECT j.id AS job_id,
           COALESCE(j.max_concurrency, 2147483647) -
             (SELECT count(*) FROM executions a WHERE a.job_id = j.id AND a.phase = 'active') AS free
    FROM jobs j
    WHERE j.id = ANY($1::uuid[])
  ), next AS (
    SELECT held.id, held.scheduled_for
    FROM room, LATERAL (
      SELECT e.id, e.scheduled_for, e.priority, e.due_at FROM executions e
      WHERE e.job_id = room.job_id AND e.phase = 'waiting' AND e.hold IS NOT NULL AND e.hold = 'concurrency'
        AND e.due_at <= now()
      ORDER BY e.priority, e.due_at
      LIMIT LEAST(GREATEST(room.free, 0), $2)
    ) held
    ORDER BY held.priority, held.due_at
    LIMIT $2
  )
  UPDATE executions e
  SET state = 'queued', hold = NULL, delivery = e.delivery + 1, queued_at = now()
  FROM next
  WHERE e.id = next.id AND e.scheduled_for = next.scheduled_for AND e.state = 'pending'
  RETURNING e.id, e.delivery, e.priority, e.state, extract(epoch FROM now() - e.due_at)::float8 AS "waitedSeconds"`;

/** The queue did not take them: pending again, so that Postgres keeps them until it does. */
export const TAKE_BACK = `
  UPDATE executions e
  SET state = 'pending'
  FROM unnest($1::uuid[], $2::timestamptz[], $3::integer[]) AS m(id, scheduled_for, delivery)
  WHERE e.id = m.id AND e.scheduled_for = m.scheduled_for AND e.delivery = m.delivery AND e.state = 'queued'`;

/** The next instant at which something that waits comes due: one probe per priority, not a walk over all retries to come. */
export const EARLIEST_DUE = `
  SELECT min(next.due_at) AS due_at
  FROM generate_series(1, $1::integer) AS p(priority), LATERAL (
    SELECT e.due_at FROM executions e
    WHERE e.phase = 'waiting' AND e.hold IS NULL AND e.priority = p.priority AND e.due_at > now()
    ORDER BY e.due_at LIMIT 1
  ) next`;

/** What Postgres believes to be in the queue, oldest first, beyond the time a hand-over takes. */
export const QUEUED_BEFORE = `
  SELECT id, delivery, priority
  FROM executions
  WHERE phase = 'active' AND phase <> 'final' AND state = 'queued' AND queued_at < now() - $1 * interval '1 millisecond'
  ORDER BY queued_at
  LIMIT $2`;

/** Queued and running: what the queue should hold a message for. */
export const COUNT_ACTIVE = `
  SELECT count(*)::integer AS count FROM executions WHERE phase = 'active' AND phase <> 'final'`;
