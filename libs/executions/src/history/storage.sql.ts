/**
 * The next service with a limit whose count is due, taken so that no other worker counts it: every five minutes, and more
 * rarely where a count takes longer than three seconds, so that counting takes a hundredth of the time at most. A count that
 * nobody has ended within the hour was its worker's last.
 */
const IS_DUE = `
    CASE WHEN u.counted_at >= u.began_at
         THEN u.began_at < now() - GREATEST(interval '5 minutes', 100 * (u.counted_at - u.began_at))
         ELSE u.began_at < now() - interval '1 hour' END`;

export const BEGIN_COUNT = `
  INSERT INTO service_storage AS u (service, began_at)
  SELECT due.slug, now()
  FROM (
    SELECT s.slug
    FROM services s LEFT JOIN service_storage u ON u.service = s.slug
    WHERE s.max_stored_bytes IS NOT NULL AND (u.service IS NULL OR ${IS_DUE})
    ORDER BY u.began_at NULLS FIRST
    LIMIT 1
  ) due
  ON CONFLICT (service) DO UPDATE SET began_at = EXCLUDED.began_at WHERE ${IS_DUE}
  RETURNING service, began_at AS "beganAt",
            (SELECT before.began_at FROM service_storage before WHERE before.service = u.service) AS "dueSince"`;

/** As though it had not begun, so that it is due for the next who looks; a count that another has begun since is left alone. */
export const GIVE_COUNT_BACK = `
  UPDATE service_storage SET began_at = $3 WHERE service = $1 AND began_at = $2`;

/** The same for a service that had never been counted, of which a row says nothing yet. */
export const FORGET_COUNT = `
  DELETE FROM service_storage WHERE service = $1 AND began_at = $2`;

/** clock_timestamp(): how long it took says when the next one is due. */
export const END_COUNT = `
  UPDATE service_storage SET bytes = $2, counted_at = GREATEST(began_at, clock_timestamp()) WHERE service = $1`;

/** What a row takes with its indexes, as measured (docs/operations.md), and a line of a log. */
const EXECUTION_BYTES = 1_200;
const LOG_LINE_BYTES = 150;

/**
 * Sizes as stored, which opens no value: a compressed one counts as what it takes. Oldest first, on from the batch before.
 * Of each log so many lines: a hundred attempts may have kept ten million of them, and one statement must not meet them all.
 */
export const COUNT_BATCH = `
  WITH batch AS MATERIALIZED (
    SELECT e.id, e.scheduled_for,
           ${EXECUTION_BYTES} + pg_column_size(e.parameters) + COALESCE(pg_column_size(e.result), 0)
             + COALESCE(pg_column_size(e.error), 0) + pg_column_size(e.attempts) AS bytes
    FROM executions e
    WHERE e.service = $1 AND e.id > $2 AND e.scheduled_for >= $3
    ORDER BY e.id
    LIMIT $4
  ),
  logs AS MATERIALIZED (
    SELECT batch.id, count(*) AS lines, max(line.seq) AS last_seq, sum(line.bytes) AS bytes
    FROM batch CROSS JOIN LATERAL (
      SELECT l.seq, ${LOG_LINE_BYTES} + pg_column_size(l.text) AS bytes
      FROM execution_logs l
      WHERE l.execution_id = batch.id AND l.scheduled_for = batch.scheduled_for
      ORDER BY l.seq
      LIMIT $5
    ) line
    GROUP BY batch.id
  )
  SELECT (SELECT id FROM batch ORDER BY id DESC LIMIT 1) AS "lastId",
         (COALESCE((SELECT sum(bytes) FROM batch), 0) + COALESCE((SELECT sum(bytes) FROM logs), 0))::float8 AS bytes,
         COALESCE((SELECT json_agg(json_build_object('id', id, 'lastSeq', last_seq)) FROM logs WHERE lines = $5), '[]')
           AS "longLogs"`;

/** More of one log, on from where the statement before left it; `lastSeq` is null at its end. */
export const COUNT_LINES = `
  SELECT COALESCE(sum(line.bytes), 0)::float8 AS bytes,
         CASE WHEN count(*) = $4 THEN max(line.seq) END AS "lastSeq"
  FROM (
    SELECT l.seq, ${LOG_LINE_BYTES} + pg_column_size(l.text) AS bytes
    FROM execution_logs l
    WHERE l.execution_id = $1 AND l.scheduled_for = $2 AND l.seq > $3
    ORDER BY l.seq
    LIMIT $4
  ) line`;

/** Which of them have more than they may. */
export const FULL_SERVICES = `
  SELECT u.service
  FROM service_storage u JOIN services s ON s.slug = u.service
  WHERE u.service = ANY($1::text[]) AND u.bytes > s.max_stored_bytes`;
