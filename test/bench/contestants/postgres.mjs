/** Small things that contestants do with Postgres. */
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export async function connectPostgres(connectionString = process.env.DATABASE_URL) {
  const client = new pg.Client({ connectionString });
  await client.connect();
  return client;
}

/** What users of a queue without history write themselves: one row for each run. */
export const CREATE_HISTORY = `
  CREATE TABLE history (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL,
    state text NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz NOT NULL DEFAULT now(),
    result jsonb
  )`;

/** Schedules of one job, by interval or cron, the first due at `firstAt` and each `stepMs` after the one before. */
export async function insertSchedules(
  client,
  { jobId, count, firstAt, stepMs = 0, intervalSeconds = null, cron = null, overlap },
) {
  await client.query(
    `INSERT INTO schedules (id, job_id, type, interval_seconds, cron_expression, anchor_at, next_run_at, overlap_policy)
     SELECT gen_random_uuid(), $1, $2, $3, $4, at, at, $5
     FROM (SELECT $6::timestamptz + (i - 1) * $7::float8 * interval '1 millisecond' AS at
           FROM generate_series(1, $8::integer) AS i) AS first`,
    [jobId, cron ? 'cron' : 'interval', intervalSeconds, cron, overlap, firstAt, stepMs, count],
  );
  // An autovacuum that looked during the INSERT saw pages without rows, and every ADVANCE took 4.5 s then, in one run of ten.
  await client.query('ANALYZE schedules');
}

/** Asks until the only row's only column is true. */
export async function untilTrue(client, question, everyMs = 10) {
  for (;;) {
    const { rows } = await client.query({ text: question, rowMode: 'array' });
    if (rows[0][0]) return;
    await delay(everyMs);
  }
}
