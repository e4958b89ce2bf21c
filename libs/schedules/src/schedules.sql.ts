import { bytesOf } from '@app/platform/database';

/** What an execution takes over from its job. */
const JOB_COLUMNS = `
         j.version                AS "jobVersion",
         j.active AND j.deleted_at IS NULL AS "jobActive",
         j.priority               AS "jobPriority",
         (j.retry_policy->>'maxAttempts')::integer AS "jobMaxAttempts",
         j.max_concurrency IS NOT NULL OR EXISTS (
           SELECT FROM services AS o WHERE o.slug = j.service AND o.max_concurrent_runs IS NOT NULL) AS "jobIsLimited",
         EXISTS (
           SELECT FROM services AS o WHERE o.slug = j.service AND o.max_runs_per_minute IS NOT NULL) AS "jobIsMetered",
         j.parameters             AS "jobParameters",
         j.service                AS "jobService"`;

/** A firer reads no more parameters at a time, save those of one schedule: as objects they take up to seventeen times as much. */
const MAX_PARAMETERS_BYTES = 4_000_000;

/**
 * The schedules locked as `due`, their columns under the names that the code has for them, and their jobs beside them: as
 * many of them as MAX_PARAMETERS_BYTES lets, live instants first. `lockedCount` says how many there are.
 */
const SELECT_DUE = `
  SELECT * FROM (
  SELECT statement_timestamp()    AS "now",
         count(s.id) OVER ()::integer AS "lockedCount",
         sum(${bytesOf('s.parameters', 'j.parameters')}) OVER earlier AS "bytesBefore",
         s.id                     AS "id",
         s.service                AS "service",
         s.job_id                 AS "jobId",
         s.type                   AS "type",
         s.cron_expression        AS "cronExpression",
         s.interval_seconds       AS "intervalSeconds",
         s.run_at                 AS "runAt",
         s.anchor_at              AS "anchorAt",
         s.timezone               AS "timezone",
         s.start_at               AS "startAt",
         s.end_at                 AS "endAt",
         s.parameters             AS "parameters",
         s.jitter_seconds         AS "jitterSeconds",
         s.overlap_policy         AS "overlapPolicy",
         s.misfire_policy         AS "misfirePolicy",
         s.misfire_grace_seconds  AS "misfireGraceSeconds",
         s.catchup_window_seconds AS "catchupWindowSeconds",
         s.max_catchup            AS "maxCatchup",
         s.dst_gap                AS "dstGap",
         s.dst_overlap            AS "dstOverlap",
         s.max_runs               AS "maxRuns",
         s.calendars              AS "calendars",
         s.active                 AS "active",
         s.pause_reason           AS "pauseReason",
         s.paused_at              AS "pausedAt",
         s.catchup_override       AS "catchupOverride",
         s.next_run_at            AS "nextRunAt",
         s.last_run_at            AS "lastRunAt",
         s.run_count              AS "runCount",
         s.version                AS "version",
         s.created_at             AS "createdAt",
         s.updated_at             AS "updatedAt",${JOB_COLUMNS}
  FROM (SELECT) AS clock
  LEFT JOIN (due AS s JOIN jobs AS j ON j.id = s.job_id) ON true
  WINDOW earlier AS (ORDER BY s.next_run_at <= statement_timestamp() - interval '1 minute', s.next_run_at, s.id
                     ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
  ) AS found
  WHERE "bytesBefore" IS NULL OR "bytesBefore" < ${MAX_PARAMETERS_BYTES}
  ORDER BY "nextRunAt"
`;

/**
 * What is due, locked, with what an execution needs to know of its job: live instants first, and of those more than a
 * minute late (after an outage, a pause) what room is left, at least a fifth, so that a backlog delays nobody and ends.
 *
 * - The lock is taken on the index scan alone, before the join: whatever the planner thinks of `jobs`, no more than
 *   `limit` rows are read, and rows that another worker holds are left to it.
 * - `statement_timestamp()` and not `clock_timestamp()`: a stable value can be an index condition.
 * - The outer join gives one row with the clock when nothing is due, which saves asking for it.
 */
export const LOCK_DUE = `
  WITH live AS MATERIALIZED (
    SELECT * FROM schedules
    WHERE next_run_at <= statement_timestamp() AND next_run_at > statement_timestamp() - interval '1 minute'
    ORDER BY next_run_at
    LIMIT $1
    FOR UPDATE SKIP LOCKED
  ), late AS MATERIALIZED (
    SELECT * FROM schedules
    WHERE next_run_at <= statement_timestamp() - interval '1 minute'
    ORDER BY next_run_at
    LIMIT GREATEST($1 / 5, $1 - (SELECT count(*) FROM live))
    FOR UPDATE SKIP LOCKED
  ), due AS (
    SELECT * FROM live UNION ALL SELECT * FROM late
  )${SELECT_DUE}`;

/** One of the above again, by id, for when the database would not have the batch: no row when it is not due any more. */
export const LOCK_DUE_ONE = `
  WITH due AS MATERIALIZED (
    SELECT * FROM schedules WHERE id = $1 AND next_run_at <= statement_timestamp() FOR UPDATE SKIP LOCKED
  )${SELECT_DUE}`;

/** A deleted job too: what its schedules leave over is written after its end. */
export const DUE_JOB = `
  SELECT j.id AS "jobId",${JOB_COLUMNS}
  FROM jobs AS j
  WHERE j.id = $1 AND j.service = $2
`;

/**
 * One statement for the whole batch. No new version: firing is not a change that a client made.
 *
 * Off the clock goes what was found under an inactive job. Should that have been activated since, the schedule goes on:
 * the activation saw it on the clock and left it alone, so nobody else would ever put it back.
 */
export const ADVANCE = `
  UPDATE schedules AS s
  SET next_run_at      = CASE WHEN a.off_clock AND NOT EXISTS (SELECT FROM jobs AS j WHERE j.id = s.job_id AND j.active)
                              THEN NULL ELSE a.next_run_at END,
      last_run_at      = COALESCE(a.last_run_at, s.last_run_at),
      run_count        = s.run_count + a.runs,
      active           = s.active AND a.finished IS NULL,
      pause_reason     = COALESCE(a.finished, s.pause_reason),
      catchup_override = NULL
  FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::integer[], $5::text[], $6::boolean[])
       AS a (schedule_id, next_run_at, last_run_at, runs, finished, off_clock)
  WHERE s.id = a.schedule_id
`;

/**
 * Takes a schedule out of the clock with its due instants still unaccounted for: `paused_at` stands just before the
 * first of them, so that a resume starts there and none is lost. A client made no change, but must see this one.
 */
export const PARK = `
  UPDATE schedules
  SET active       = false,
      pause_reason = $2,
      paused_at    = LEAST(next_run_at - interval '1 millisecond', now()),
      next_run_at  = NULL,
      version      = version + 1,
      updated_at   = now()
  WHERE id = $1 AND active
`;

/** An index-only scan of one row, however many schedules there are. By the clock of this moment: whoever sleeps by it wakes then. */
export const UNTIL_DUE = `
  SELECT ceil(extract(epoch FROM min(next_run_at) - clock_timestamp()) * 1000)::float8 AS "untilDueMs"
  FROM schedules WHERE next_run_at IS NOT NULL
`;

/**
 * A deactivated job's schedules leave the clock, a batch of them at a time: a statement for a million would take longer than
 * one may. Those already due stay: the firer owes each of them a record. By the statement's time: what came due while the
 * transaction waited for the job was still on the clock.
 */
export const STOP_OF_JOB = `
  UPDATE schedules AS s SET next_run_at = NULL
  FROM (SELECT id FROM schedules
        WHERE job_id = $1 AND service = $2 AND next_run_at > statement_timestamp() LIMIT $3) AS ticking
  WHERE s.id = ticking.id AND s.next_run_at > statement_timestamp()
`;

/**
 * All active ones, also those on the clock: the lock waits for a firer that is just taking one off because it found
 * the job inactive, and then reads what it left. Ordered, so that two such locks cannot deadlock. One row, however many
 * schedules a job has.
 */
export const LOCK_ACTIVE_OF_JOB = `
  WITH locked AS (SELECT id FROM schedules WHERE job_id = $1 AND service = $2 AND active ORDER BY id FOR UPDATE)
  SELECT count(*) FROM locked
`;

/** Waits for the firers that hold them: what is then read stays so. One row, as above. */
export const LOCK_ALL_OF_JOB = `
  WITH locked AS (SELECT id FROM schedules WHERE job_id = $1 AND service = $2 ORDER BY id FOR UPDATE)
  SELECT count(*) FROM locked
`;

/** Puts schedules of a job back on the clock, or ends those that have nothing left to fire. */
export const START = `
  UPDATE schedules AS s
  SET next_run_at  = a.next_run_at,
      active       = a.finished IS NULL,
      pause_reason = a.finished
  FROM unnest($1::uuid[], $2::timestamptz[], $3::text[]) AS a (schedule_id, next_run_at, finished)
  WHERE s.id = a.schedule_id
`;
