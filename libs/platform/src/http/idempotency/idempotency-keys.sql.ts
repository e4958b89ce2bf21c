/**
 * One statement decides who answers a key, so that of two requests at once only one runs. An expired row counts as
 * absent; a running one whose lock has passed belonged to a process that crashed; and earlier versions kept refusals.
 */
export const BEGIN = `
  INSERT INTO idempotency_keys AS k (service, key, request_hash, state, expires_at, locked_until)
  VALUES ($1, $2, $3, 'running', now() + interval '24 hours', now() + make_interval(secs => $4))
  ON CONFLICT (service, key) DO UPDATE SET
    request_hash = excluded.request_hash, state = 'running', status = NULL, headers = NULL, body = NULL,
    created_at = now(), expires_at = excluded.expires_at, locked_until = excluded.locked_until,
    made_id = CASE WHEN k.expires_at > now() THEN k.made_id END
  WHERE k.expires_at <= now() OR k.status >= 400
     OR (k.state = 'running' AND k.locked_until <= now() AND k.request_hash = excluded.request_hash)
  RETURNING locked_until::text AS lock, made_id AS "madeId"
`;

export const FIND = `
  SELECT request_hash AS "requestHash", state, status, headers, body
  FROM idempotency_keys WHERE service = $1 AND key = $2
`;

/** Fenced by the lock: one who was taken over must not overwrite the answer of the one who took over. */
export const FINISH = `
  UPDATE idempotency_keys SET state = 'done', status = $4, headers = $5, body = $6, locked_until = NULL
  WHERE service = $1 AND key = $2 AND state = 'running' AND locked_until = $3::timestamptz
`;

/** In the transaction that makes it, or in the statement. Fenced as an answer is. All four are SQL. */
export function rememberMadeAs(service: string, key: string, lock: string, madeId: string): string {
  return `
  UPDATE idempotency_keys SET made_id = ${madeId}
  WHERE service = ${service} AND key = ${key} AND state = 'running' AND locked_until = ${lock}::timestamptz`;
}

export const REMEMBER_MADE = rememberMadeAs('$1', '$2', '$3', '$4');

/** Free again for the next try; but what this one made is not forgotten. */
export const RELEASE = `
  WITH freed AS (
    DELETE FROM idempotency_keys
    WHERE service = $1 AND key = $2 AND state = 'running' AND locked_until = $3::timestamptz AND made_id IS NULL
  )
  UPDATE idempotency_keys SET locked_until = now()
  WHERE service = $1 AND key = $2 AND state = 'running' AND locked_until = $3::timestamptz AND made_id IS NOT NULL
`;

/** A batch: all of them could take longer than a statement may, and then they would only become more. */
export const PRUNE = `
  DELETE FROM idempotency_keys WHERE ctid = ANY (ARRAY(
    SELECT ctid FROM idempotency_keys WHERE expires_at <= now() ORDER BY expires_at LIMIT $1))
    AND expires_at <= now()
`;
