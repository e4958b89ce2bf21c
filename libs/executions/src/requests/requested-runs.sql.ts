import { SECONDS_LEFT, takeRunsFrom } from '@app/access';
import { recordChangeFrom, requestIdOf } from '@app/audit';
import { rememberMadeAs } from '@app/platform/http';
import { LIMIT_OF_SERVICE } from '../dispatch/dispatch.sql.js';

/** What is said of its service beside each of `jobs j`: its limit, how many runs it may start in the minute, whether it is full. */
const SERVICE_OF_JOB = `${LIMIT_OF_SERVICE}
    LEFT JOIN services q ON q.slug = j.service AND (q.max_runs_per_minute IS NOT NULL OR q.max_stored_bytes IS NOT NULL)
    LEFT JOIN service_storage t ON t.service = q.slug AND t.bytes > q.max_stored_bytes`;

const LIMITS_OF_JOB = `t.service IS NOT NULL AS is_full,
           CASE WHEN t.service IS NULL THEN q.max_runs_per_minute ELSE 0 END AS most_runs`;

const INSERT_RUNS = `
    INSERT INTO executions (id, scheduled_for, service, job_id, job_version, trigger, state, priority, due_at, max_attempts,
                            parameters, traceparent, request_id, delivery, queued_at, schedule_id, retry_of)`;

/** In what a new run and a repetition differ. */
interface KindOfRun {
  /** Of the row, in terms of `allowed` and `$7`. */
  readonly parameters: string;
  /** Its `schedule_id` and `retry_of`. */
  readonly origin: string;
  /** Parts of the statement to follow the row. */
  readonly afterwards: string;
}

/**
 * A run that somebody asked for, in one statement and so in one transaction: the job as it is now, kept from being changed or
 * deleted meanwhile; the row; who asked; and what the request's idempotency key made. Six statements in a transaction took
 * three times as long. No row: there is no such job. A row without an id: the service has started its runs of the
 * minute or stores more than it may, or else the key is another's. A slot that is taken fails the statement.
 *
 * `$9` is the event of the change.
 *
 * @param columns of an execution, for its caller
 */
function requestedRun(columns: string, { parameters, origin, afterwards }: KindOfRun): string {
  return `
  WITH job AS (
    SELECT j.*, $8 AND j.max_concurrency IS NULL AND s.slug IS NULL AS starts,
           ${LIMITS_OF_JOB}
    FROM jobs j ${SERVICE_OF_JOB}
    WHERE j.id = $4 AND j.service = $3 AND j.deleted_at IS NULL
    FOR KEY SHARE OF j
  ), counted AS (${takeRunsFrom('job')}
  ), allowed AS MATERIALIZED (
    SELECT * FROM job WHERE most_runs IS NULL OR EXISTS (SELECT FROM counted)
  ), kept AS (${rememberMadeAs('$10', '$11', '$12', '$1::uuid')} AND EXISTS (SELECT FROM allowed)
    RETURNING made_id
  ), made AS (${INSERT_RUNS}
    SELECT $1, $2, $3, allowed.id, allowed.version, $5, CASE WHEN starts THEN 'queued' ELSE 'pending' END, allowed.priority, now(),
           (allowed.retry_policy ->> 'maxAttempts')::integer, ${parameters}, $6, ${requestIdOf('$9::jsonb')}, CASE WHEN starts THEN 1 ELSE 0 END,
           CASE WHEN starts THEN now() END, ${origin}
    FROM allowed
    WHERE $11::text IS NULL OR EXISTS (SELECT FROM kept)
    RETURNING ${columns}
  ), asked AS (${recordChangeFrom('made', '$9')}
  )${afterwards}
  SELECT made.*, CASE WHEN NOT EXISTS (SELECT FROM allowed) THEN job.most_runs END AS "mostRuns",
         job.is_full AS "isFull", ${SECONDS_LEFT} AS "secondsLeft"
  FROM job LEFT JOIN made ON true`;
}

/** With the job's parameters, and those of the request over them. */
export function executeNow(columns: string): string {
  return requestedRun(columns, {
    parameters: 'allowed.parameters || $7::jsonb',
    origin: 'NULL, NULL',
    afterwards: '',
  });
}

/** With the parameters of what it repeats. The latest repetition stays on its record, where a bulk retry looks for it. */
export function retryNow(columns: string): string {
  return requestedRun(columns, {
    parameters: '$7::jsonb',
    origin: '$13, $14',
    afterwards: `, retried AS (
    UPDATE executions SET retried_as = $1 WHERE id = $14 AND scheduled_for = $15 AND EXISTS (SELECT FROM made)
  )`,
  });
}

/**
 * Runs that several requests ask for at the same time, of one service (`$1`), as far as nothing stands in their way: a run
 * that has no row here has to be asked for alone, which says why. So nobody waits for another's job (SKIP LOCKED), and where
 * the minute has no room for all of them none is counted. By twenty, a run costs PostgreSQL a fifth of what it does alone.
 */
export function executeTogether(columns: string): string {
  return `
  WITH asked AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset($2::jsonb) AS run(
      id uuid, "scheduledFor" timestamptz, "jobId" uuid, parameters jsonb, traceparent text, "mayStart" boolean, event jsonb)
  ), job AS MATERIALIZED (
    SELECT asked.id AS run_id, asked."scheduledFor", asked.traceparent, asked.event, j.parameters || asked.parameters AS parameters,
           j.id, j.service, j.version, j.priority, (j.retry_policy ->> 'maxAttempts')::integer AS max_attempts,
           "mayStart" AND j.max_concurrency IS NULL AND s.slug IS NULL AS starts, ${LIMITS_OF_JOB}
    FROM asked CROSS JOIN LATERAL (
      SELECT * FROM jobs WHERE id = asked."jobId" AND service = $1 AND deleted_at IS NULL LIMIT 1 FOR KEY SHARE SKIP LOCKED
    ) j ${SERVICE_OF_JOB}
  ), counted AS (${takeRunsFrom('job')}
  ), made AS (${INSERT_RUNS}
    SELECT run_id, "scheduledFor", service, id, version, 'manual', CASE WHEN starts THEN 'queued' ELSE 'pending' END, priority, now(),
           max_attempts, parameters, traceparent, ${requestIdOf('event')}, CASE WHEN starts THEN 1 ELSE 0 END,
           CASE WHEN starts THEN now() END, NULL, NULL
    FROM job
    WHERE most_runs IS NULL OR EXISTS (SELECT FROM counted)
    RETURNING ${columns}
  ), noted AS (${recordChangeFrom('made JOIN job ON job.run_id = made.id', 'event')}
  )
  SELECT * FROM made`;
}
