/** Jobs, schedules and finished executions in bulk, written by the server itself: the way to millions of them. */

const BATCH = 100_000;
/** Ids are UUIDv7 of numbered milliseconds, so that the k-th job or schedule is known without asking. */
const FIRST_MS = { job: Date.UTC(2025, 0, 1), schedule: Date.UTC(2025, 1, 1) };
const DAY_SECONDS = 86_400;
const HISTORY_DAYS = 28;

export async function seedJobs(client, jobs) {
  await client.query(
    `INSERT INTO jobs (id, name, tags, target, parameters, retry_policy, timeout_ms, priority, delivery_guarantee)
     SELECT ${idOf(FIRST_MS.job, 'k')}, 'seeded-' || k, ARRAY['seeded'],
            jsonb_build_object('type', 'http', 'method', 'POST', 'url', 'http://127.0.0.1:9/' || k),
            '{"seeded": true}',
            '{"maxAttempts": 3, "backoff": "exponential", "initialDelayMs": 1000, "maxDelayMs": 60000, "multiplier": 2,
              "jitter": "full", "retryOn": ["timeout", "network", "5xx", "429", "exit_code"]}',
            30000, 1 + k % 10, 'at_least_once'
     FROM generate_series(0, $1::integer - 1) AS k`,
    [jobs],
  );
}

/**
 * The first is due in a minute unless told otherwise, the others evenly after it: over a day, or `perSecond` of them a second. Each comes back
 * after that period, so the rate stays. Over a day every other one is a daily cron expression.
 */
export async function seedSchedules(
  client,
  { schedules, jobs, perSecond = schedules / DAY_SECONDS, firstInMs = 60_000, report },
) {
  const period = Math.max(1, Math.round(schedules / perSecond));
  const firstAt = Math.ceil(Date.now() / 1_000) * 1_000 + firstInMs;
  await inBatches(schedules, report, (from, to) =>
    client.query(
      `INSERT INTO schedules (id, job_id, type, cron_expression, interval_seconds, anchor_at, next_run_at, overlap_policy)
       SELECT ${idOf(FIRST_MS.schedule, 'k')}, ${idOf(FIRST_MS.job, 'k % $3::bigint')},
              CASE WHEN cron THEN 'cron' ELSE 'interval' END,
              CASE WHEN cron THEN to_char(at AT TIME ZONE 'UTC', 'FMSS FMMI FMHH24 * * *') END,
              CASE WHEN NOT cron THEN $4::integer END, at, at, 'allow'
       FROM generate_series($1::bigint, $2::bigint) AS k,
       LATERAL (SELECT $4::integer = ${DAY_SECONDS} AND k % 2 = 1 AS cron) AS kind,
       LATERAL (SELECT to_timestamp($5::bigint / 1000) +
                       CASE WHEN cron THEN trunc(k / $6::float8) ELSE k / $6::float8 END * interval '1 second' AS at) AS due`,
      [from, to, jobs, period, firstAt, perSecond],
    ),
  );
}

/** Runs of the past four weeks, most of them succeeded. Call `seedJobs` first; `schedules` may be 0. */
export async function seedExecutions(client, { executions, jobs, schedules = 0, report }) {
  const untilMs = Date.now();
  const fromMs = untilMs - HISTORY_DAYS * DAY_SECONDS * 1_000;
  await client.query(`SELECT ensure_weekly_partitions('executions', to_timestamp($1 / 1000.0), now())`, [
    fromMs,
  ]);
  await inBatches(executions, report, (from, to) =>
    client.query(
      `INSERT INTO executions (id, scheduled_for, job_id, job_version, schedule_id, trigger, state, due_at, delivery, attempt,
                               max_attempts, created_at, queued_at, started_at, attempt_started_at, finished_at, result, error,
                               attempts)
       SELECT ${idOf('ms', 'random_of')}, at, ${idOf(FIRST_MS.job, 'k % $3::bigint')}, 1,
              CASE WHEN $4::bigint > 0 THEN ${idOf(FIRST_MS.schedule, 'k % GREATEST($4::bigint, 1)')} END,
              CASE WHEN $4::bigint > 0 THEN 'schedule' ELSE 'manual' END,
              state, at, 1, 1, 3, at, at, at, at, at + interval '250 milliseconds',
              CASE WHEN state = 'succeeded' THEN '{"statusCode": 200, "output": "ok", "truncated": false}'::jsonb END,
              CASE WHEN state <> 'succeeded' THEN '{"type": "http_error", "message": "answered 503"}'::jsonb END,
              jsonb_build_array(jsonb_build_object('attempt', 1, 'startedAt', at, 'finishedAt', at, 'outcome', state))
       FROM generate_series($1::bigint, $2::bigint) AS k,
       LATERAL (SELECT $5::bigint + (k::float8 / $7 * ($6::bigint - $5::bigint))::bigint AS ms,
                       ('x' || substr(md5(k::text), 1, 12))::bit(48)::bigint AS random_of) AS slot,
       LATERAL (SELECT to_timestamp(ms / 1000.0)::timestamptz(3) AS at,
                       CASE WHEN k % 50 = 0 THEN 'failed' WHEN k % 100 = 1 THEN 'timed_out' ELSE 'succeeded' END AS state) AS run
       ON CONFLICT DO NOTHING`,
      [from, to, jobs, schedules, fromMs, untilMs, executions],
    ),
  );
}

/** SQL for the UUIDv7 whose time is `ms` (for a number: plus `k`), and whose last bits are `k`. */
function idOf(ms, k) {
  const time = typeof ms === 'number' ? `${ms} + (${k})` : ms;
  return `(lpad(to_hex((${time})::bigint), 12, '0') || '70008' || lpad(to_hex((${k})::bigint), 15, '0'))::uuid`;
}

async function inBatches(total, report, insert) {
  for (let from = 0; from < total; from += BATCH) {
    const to = Math.min(total, from + BATCH);
    await insert(from, to - 1);
    report?.(to, total);
  }
}
