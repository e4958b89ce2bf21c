/** The minute of the transaction, to the millisecond as `executions.created_at` has it: what a run counts in can be read off it. */
export const RUN_MINUTE = `date_trunc('minute', now()::timestamptz(3))`;

/**
 * Locks the minute of each of these services that has a limit, until the transaction ends: whoever else starts a run of it
 * waits, and counts on from there. In the order of their names, so that two that lock several cannot deadlock. No row, no
 * lock and nothing written for a service without a limit.
 */
export const LOCK_MINUTES = `
  INSERT INTO service_minutes AS m (service, minute, runs)
  SELECT s.slug, ${RUN_MINUTE}, 0
  FROM services s
  WHERE s.slug = ANY($1::text[]) AND s.max_runs_per_minute IS NOT NULL
  ORDER BY s.slug
  ON CONFLICT (service, minute) DO UPDATE SET runs = m.runs
  RETURNING m.service, m.runs,
            (SELECT s.max_runs_per_minute FROM services s WHERE s.slug = m.service) AS most`;

/** That of one service to look at: locks nothing and writes nothing. */
export const READ_MINUTE = `
  SELECT s.slug AS service, COALESCE(m.runs, 0) AS runs, s.max_runs_per_minute AS most
  FROM services s LEFT JOIN service_minutes m ON m.service = s.slug AND m.minute = ${RUN_MINUTE}
  WHERE s.slug = $1 AND s.max_runs_per_minute IS NOT NULL`;

export const COUNT_RUNS = `
  UPDATE service_minutes m
  SET runs = m.runs + started.runs
  FROM unnest($1::text[], $2::integer[]) AS started(service, runs)
  WHERE m.service = started.service AND m.minute = ${RUN_MINUTE}`;

/**
 * For a statement that makes runs of one service: counts them, and gives a row, where it has room for them all.
 * @param jobs a row for each run, with its `service` and, where that has a limit, as many as `most_runs`
 */
export function takeRunsFrom(jobs: string): string {
  return `
    INSERT INTO service_minutes AS m (service, minute, runs)
    SELECT service, ${RUN_MINUTE}, count(*) FROM ${jobs} WHERE most_runs > 0 GROUP BY service, most_runs HAVING count(*) <= most_runs
    ON CONFLICT (service, minute) DO UPDATE SET runs = m.runs + excluded.runs
      WHERE m.runs + excluded.runs <= (SELECT s.max_runs_per_minute FROM services s WHERE s.slug = m.service)
    RETURNING m.runs`;
}

/** Until the minute of the transaction is over; whole ones, 1 at least. */
export const SECONDS_LEFT = `ceil(extract(epoch FROM ${RUN_MINUTE} + interval '1 minute' - now()))::integer`;

/** Nothing reads a minute that is over; those of the last hour are kept for people to look at. */
export const PRUNE_MINUTES = `DELETE FROM service_minutes WHERE minute < now() - interval '1 hour'`;
