/**
 * What it takes to recognise callers by these keys: revoked ones too, so that they are not looked up again and again, and
 * of any service, since the key is what tells the service.
 */
export const KNOWN_KEYS = `
  SELECT id, service, scopes, allowed_cidrs AS "allowedCidrs", expires_at AS "expiresAt",
         previous_valid_until AS "previousValidUntil", secret_hash AS "secretHash",
         previous_secret_hash AS "previousSecretHash", revoked_at AS "revokedAt"
  FROM api_keys WHERE id = ANY ($1::uuid[])
`;

/**
 * The old secret moves over before the new one takes its place, in one statement: a request in between knows one of them.
 * $4 says until when the old one is taken.
 */
export const ROTATE = `
  UPDATE api_keys
  SET previous_secret_hash = secret_hash, previous_valid_until = $4, secret_hash = $2,
      rotated_at = $3, updated_at = $3, version = version + 1
  WHERE id = $1
`;

/**
 * At most once a minute for each key, however many processes saw it used: 75 s, since what is written may be 15 s old.
 * Rows that are locked are for the next time: nothing waits for this.
 */
export const NOTE_USES = `
  UPDATE api_keys AS k SET last_used_at = used.at
  FROM (SELECT u.id, u.at FROM unnest($1::uuid[], $2::timestamptz[]) AS u (id, at)
        JOIN api_keys AS a USING (id)
        WHERE a.last_used_at IS NULL OR (u.at > a.last_used_at AND now() >= a.last_used_at + interval '75 seconds')
        ORDER BY u.id FOR NO KEY UPDATE OF a SKIP LOCKED) AS used
  WHERE k.id = used.id
  RETURNING k.id
`;

/** The service that a first key is for. One that exists stays as it is. */
export const ENSURE_SERVICE = `
  INSERT INTO services (slug, name) VALUES ($1, $1) ON CONFLICT (slug) DO NOTHING
`;

export const PRUNE_REVOKED = `DELETE FROM api_keys WHERE revoked_at < now() - $1 * interval '1 day'`;
