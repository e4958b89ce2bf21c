import { SCHEDULER_ACTOR } from '@app/audit';
import { ACTIVE, JOB_IS_THERE } from '../executions.sql.js';
import { ISOLATED_FOR_MINUTES, ISOLATED_FROM_LOSSES } from '../domain/losses.js';

/** CASE, because almost no row was ever lost: only then is the JSON of its attempts opened. */
const IS_ISOLATED = `
  CASE WHEN lost_count < ${ISOLATED_FROM_LOSSES} THEN false
       ELSE (attempts -> -1 ->> 'finishedAt')::timestamptz > now() - interval '${ISOLATED_FOR_MINUTES} minutes' END`;

/** What each statement answers with. */
const DISPATCHED = `
  RETURNING e.id, e.delivery, e.service, e.priority, e.state, ${IS_ISOLATED} AS isolated,
            extract(epoch FROM now() - e.due_at)::float8 AS "waitedSeconds"`;

/** A service's row, for those of `jobs j` whose service limits its concurrent runs. */
export const LIMIT_OF_SERVICE = `LEFT JOIN services s ON s.slug = j.service AND s.max_concurrent_runs IS NOT NULL`;

/**
 * What becomes of the rows in `due`: → queued; a job or service with a limit takes the way over `hold` instead, because its
 * room is counted under its lock. A try that failed or was lost after its job's deletion ends here: there is no next one.
 */
const QUEUE_OR_HOLD = `
  UPDATE executions e
  SET state       = CASE WHEN is_over THEN 'cancelled' WHEN is_limited THEN 'pending' ELSE 'queued' END,
      hold        = CASE WHEN is_limited AND NOT is_over THEN 'concurrency' END,
      delivery    = e.delivery + CASE WHEN is_limited THEN 0 ELSE 1 END,
      queued_at   = CASE WHEN is_over OR is_limited THEN e.queued_at ELSE now() END,
      finished_at = CASE WHEN is_over THEN now() END,
      reason      = CASE WHEN is_over THEN 'job_deleted' ELSE e.reason END,
      cancel_requested_at = CASE WHEN is_over THEN now() ELSE e.cancel_requested_at END,
      cancel_requested_by = CASE WHEN is_over THEN '${SCHEDULER_ACTOR}' ELSE e.cancel_requested_by END,
      cancel_reason       = CASE WHEN is_over THEN 'job_deleted' ELSE e.cancel_reason END
  FROM due JOIN jobs j ON j.id = due.job_id ${LIMIT_OF_SERVICE},
       LATERAL (SELECT j.max_concurrency IS NOT NULL OR s.slug IS NOT NULL AS is_limited,
                       j.deleted_at IS NOT NULL AS is_over) AS of_job
  WHERE e.id = due.id AND e.scheduled_for = due.scheduled_for
  ${DISPATCHED}`;

/**
 * Due and free to run → queued, a batch at a time, whoever asks. SKIP LOCKED lets any number of dispatchers share the work.
 * The rows are picked before any join, in the order of the index, so a backlog costs no more than the batch.
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
  ${QUEUE_OR_HOLD}`;

/**
 * While more is due than the queue takes, the order above would serve one service after the other. Here each has an equal
 * part of the batch, by a loose index scan: one probe per service that waits, however much waits of each. In any order, so
 * that with more services than places none is always the last. BETWEEN, because with `=` and statistics of a flood the
 * planner walks through all that waits in the order above (830 ms where this takes 2).
 */
export const DISPATCH_SHARES = `
  WITH RECURSIVE waiting (service) AS (
    (SELECT service FROM executions WHERE phase = 'waiting' AND hold IS NULL ORDER BY service LIMIT 1)
    UNION ALL
    SELECT (SELECT e.service FROM executions e
            WHERE e.phase = 'waiting' AND e.hold IS NULL AND e.service > w.service
            ORDER BY e.service LIMIT 1)
    FROM waiting w
    WHERE w.service IS NOT NULL
  ), sharing AS MATERIALIZED (
    SELECT service, count(*) OVER () AS services FROM waiting
    WHERE service IS NOT NULL AND service <> ALL($2::text[])
    ORDER BY random()
    LIMIT $1
  ), due AS MATERIALIZED (
    SELECT share.*
    FROM sharing, LATERAL (
      SELECT e.id, e.scheduled_for, e.job_id
      FROM executions e
      WHERE e.phase = 'waiting' AND e.hold IS NULL AND e.service BETWEEN sharing.service AND sharing.service
        AND e.due_at <= now()
      ORDER BY e.service, e.priority, e.due_at
      LIMIT GREATEST(1, $1 / sharing.services)
      FOR UPDATE SKIP LOCKED
    ) share
    LIMIT $1
  )
  ${QUEUE_OR_HOLD}`;

/** Asked first, because mostly nothing is on hold. In the order of `executions_held`, so that no plan looks anywhere else. */
export const FIRST_ON_HOLD = `
  SELECT job_id FROM executions WHERE phase = 'waiting' AND hold IS NOT NULL ORDER BY job_id LIMIT 1`;

/**
 * Per schedule the oldest buffered run goes on once nothing else of that schedule is unfinished. A loose index scan again:
 * a few probes per schedule that has buffered runs, however many those are.
 */
export const RELEASE_OVERLAP_HOLDS = `
  WITH RECURSIVE oldest (id, scheduled_for, job_id, schedule_id) AS (
    (SELECT id, scheduled_for, job_id, schedule_id FROM executions
     WHERE phase = 'waiting' AND hold = 'overlap' ORDER BY schedule_id, scheduled_for LIMIT 1)
    UNION ALL
    SELECT next.* FROM oldest o, LATERAL (
      SELECT e.id, e.scheduled_for, e.job_id, e.schedule_id FROM executions e
      WHERE e.phase = 'waiting' AND e.hold = 'overlap' AND e.schedule_id > o.schedule_id
      ORDER BY e.schedule_id, e.scheduled_for LIMIT 1
    ) next
  )
  UPDATE executions e
  SET hold = NULL
  FROM oldest o
  WHERE e.id = o.id AND e.scheduled_for = o.scheduled_for AND e.hold = 'overlap' AND e.due_at <= now()
    AND NOT EXISTS (
      SELECT FROM executions a
      WHERE a.job_id = o.job_id AND a.phase <> 'final' AND a.phase IN ('waiting', 'active') AND a.schedule_id = o.schedule_id
        AND (a.hold IS DISTINCT FROM 'overlap'))
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
  WHERE j.id IN (SELECT job_id FROM holding WHERE job_id IS NOT NULL) AND j.service <> ALL($1::text[])
  FOR NO KEY UPDATE SKIP LOCKED`;

/** After the jobs, always: two dispatchers that want the same locks skip, and none waits for the other. */
export const LOCK_LIMITED_SERVICES = `
  SELECT s.slug
  FROM services s
  WHERE s.max_concurrent_runs IS NOT NULL AND s.slug IN (SELECT j.service FROM jobs j WHERE j.id = ANY($1::uuid[]))
  FOR NO KEY UPDATE SKIP LOCKED`;

/**
 * Runs after the two locks in the same transaction: a new snapshot, so the room counted is the room there is. A service
 * whose lock another dispatcher holds has none here. One batch for all jobs together, the most urgent first: a thousand jobs
 * with a batch each would flood the queue.
 */
export const DISPATCH_HELD = `
  WITH service_room AS MATERIALIZED (
    SELECT s.slug,
           CASE WHEN s.slug <> ALL($2::text[]) THEN 0
                ELSE s.max_concurrent_runs -
                  (SELECT count(*) FROM jobs j JOIN executions e ON e.job_id = j.id AND ${ACTIVE}
                   WHERE j.service = s.slug) END AS free
    FROM services s
    WHERE s.max_concurrent_runs IS NOT NULL AND s.slug IN (SELECT j.service FROM jobs j WHERE j.id = ANY($1::uuid[]))
  ), room AS (
    SELECT j.id AS job_id, j.service, COALESCE(s.free, $3) AS service_free,
           COALESCE(j.max_concurrency, 2147483647) -
             (SELECT count(*) FROM executions e WHERE e.job_id = j.id AND ${ACTIVE}) AS free
    FROM jobs j LEFT JOIN service_room s ON s.slug = j.service
    WHERE j.id = ANY($1::uuid[])
  ), ranked AS (
    SELECT held.*, row_number() OVER (PARTITION BY room.service ORDER BY held.priority, held.due_at) <= room.service_free AS fits
    FROM room, LATERAL (
      SELECT e.id, e.scheduled_for, e.priority, e.due_at FROM executions e
      WHERE e.job_id = room.job_id AND e.phase = 'waiting' AND e.hold IS NOT NULL AND e.hold = 'concurrency'
        AND e.due_at <= now()
      ORDER BY e.priority, e.due_at
      LIMIT LEAST(GREATEST(room.free, 0), GREATEST(room.service_free, 0), $3)
    ) held
  ), next AS (
    SELECT id, scheduled_for FROM ranked WHERE fits ORDER BY priority, due_at LIMIT $3
  )
  UPDATE executions e
  SET state = 'queued', hold = NULL, delivery = e.delivery + 1, queued_at = now()
  FROM next
  WHERE e.id = next.id AND e.scheduled_for = next.scheduled_for AND e.state = 'pending'
  ${DISPATCHED}`;

/** The queue did not take them: pending again, so that Postgres keeps them until it does. */
export const TAKE_BACK = `
  UPDATE executions e
  SET state = 'pending'
  FROM unnest($1::uuid[], $2::timestamptz[], $3::integer[]) AS m(id, scheduled_for, delivery)
  WHERE e.id = m.id AND e.scheduled_for = m.scheduled_for AND e.delivery = m.delivery AND e.state = 'queued'`;

/** How long until something that waits comes due: one probe per priority, not a walk over all retries to come. */
export const UNTIL_DUE = `
  SELECT ceil(extract(epoch FROM min(next.due_at) - clock_timestamp()) * 1000)::float8 AS "untilDueMs"
  FROM generate_series(1, $1::integer) AS p(priority), LATERAL (
    SELECT e.due_at FROM executions e
    WHERE e.phase = 'waiting' AND e.hold IS NULL AND e.priority = p.priority AND e.due_at > now()
    ORDER BY e.due_at LIMIT 1
  ) next`;

const QUEUED_LONG = `${ACTIVE} AND e.state = 'queued' AND e.queued_at < now() - $1 * interval '1 millisecond'`;

export const IS_ANY_QUEUED_BEFORE = `SELECT 1 FROM executions e WHERE ${QUEUED_LONG} LIMIT 1`;

/**
 * What Postgres believes to be in the queue, beyond the time that a hand-over takes: all at once, for no index has it in an
 * order. Pages of it would read and sort all of it for each page.
 */
export const QUEUED_BEFORE = `SELECT e.id, e.delivery FROM executions e WHERE ${QUEUED_LONG}`;

/** Those of them that are to be in the queue still, in the order in which they were queued. What waits to be ended is not. */
export const STILL_QUEUED = `
  SELECT e.id, e.delivery, e.service, e.priority, ${IS_ISOLATED} AS isolated
  FROM unnest($1::uuid[], $2::timestamptz[], $3::integer[]) AS m(id, scheduled_for, delivery)
  JOIN executions e ON e.id = m.id AND e.scheduled_for = m.scheduled_for AND e.delivery = m.delivery
  JOIN jobs j ON j.id = e.job_id AND ${JOB_IS_THERE}
  WHERE e.state = 'queued'
  ORDER BY e.queued_at, e.id`;

/**
 * Held to the end of the transaction, which waits meanwhile for a few calls of the queue, each up to 17 s: longer than a
 * session may idle in one as a rule. It has read nothing yet, so it keeps nothing from being vacuumed.
 */
export const TRY_RECONCILE_LOCK = `
  SELECT pg_try_advisory_xact_lock(7265003) AS ours,
         set_config('idle_in_transaction_session_timeout', '120s', true)`;
