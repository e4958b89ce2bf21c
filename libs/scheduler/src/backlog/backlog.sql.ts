import { ACTIVE, LOW_PRIORITY_LANE } from '@app/executions';

/**
 * What is due and has not started, and who is there to start it, in one statement of index probes: a probe per priority
 * for what waits (as UNTIL_DUE), the rows of the queue's window for what is queued. Counting ends at $2: beyond it a
 * number says no more. The oldest of the low-priority lane does not count: it waits for all others by design.
 */
export const BACKLOG = `
  WITH pending AS (
    SELECT e.due_at, p.priority FROM generate_series(1, $1::integer) AS p(priority), LATERAL (
      SELECT due_at FROM executions
      WHERE phase = 'waiting' AND hold IS NULL AND priority = p.priority AND due_at <= now()
      ORDER BY due_at LIMIT $2
    ) e
  ), queued AS (
    SELECT due_at, priority FROM executions e WHERE ${ACTIVE} AND state = 'queued'
  ), held AS (
    SELECT hold FROM executions WHERE phase = 'waiting' AND hold IS NOT NULL LIMIT $2
  ), instants AS (
    SELECT next_run_at FROM schedules WHERE next_run_at <= now() ORDER BY next_run_at LIMIT $2
  ), sessions AS (
    SELECT concurrency FROM worker_sessions WHERE rescued_at IS NULL AND ended_at IS NULL AND expires_at > now()
  )
  SELECT (SELECT count(*) FROM instants)::integer AS "dueSchedules",
         (SELECT count(*) FROM pending)::integer AS pending,
         (SELECT count(*) FROM queued)::integer AS queued,
         (SELECT count(*) FROM held)::integer AS held,
         (SELECT count(*) FROM sessions)::integer AS sessions,
         (SELECT COALESCE(sum(concurrency), 0) FROM sessions)::integer AS slots,
         COALESCE(extract(epoch FROM now() - LEAST(
           (SELECT min(next_run_at) FROM instants),
           (SELECT min(due_at) FROM pending WHERE priority <= ${LOW_PRIORITY_LANE}),
           (SELECT min(due_at) FROM queued WHERE priority <= ${LOW_PRIORITY_LANE}))),
           0)::float8 AS "oldestDueAgeSeconds"`;

/** A partition's name ends with its first day; the days ahead are those until the newest one ends. */
export const PARTITIONS = `
  SELECT i.inhparent::regclass::text AS "table", count(*)::integer AS count,
         max(to_date(substring(c.relname FROM '_([0-9]{8})$'), 'YYYYMMDD')) + 7 - now()::date AS "daysAhead"
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent IN ('executions'::regclass, 'execution_logs'::regclass)
  GROUP BY 1`;
