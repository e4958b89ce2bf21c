/** Two rotations at once wait for each other here; else both would end the same secret and both add one. */
export const LOCK_SERVICE = `SELECT slug FROM services WHERE slug = $1 FOR NO KEY UPDATE`;

/** The current secret becomes the previous one, which signs along for $2 more seconds. */
export const LET_CURRENT_EXPIRE = `
  UPDATE signing_secrets SET expires_at = now() + $2 * interval '1 second'
  WHERE service = $1 AND expires_at IS NULL`;

/** The one that stays; the unique index holds a service to one. */
export const INSERT_SIGNING_SECRET = `
  INSERT INTO signing_secrets (id, service, key_id, wrapped_key, ciphertext) VALUES ($1, $2, $3, $4, $5)
  RETURNING created_at AS "createdAt"`;

export const DELETE_SIGNING_SECRET = `DELETE FROM signing_secrets WHERE service = $1 AND id = $2`;

/** What has expired, and beyond the newest $2: each one is a signature in the header of every call. */
export const DROP_OLD_SIGNING_SECRETS = `
  DELETE FROM signing_secrets
  WHERE service = $1
    AND (expires_at <= now()
         OR id NOT IN (SELECT id FROM signing_secrets WHERE service = $1 ORDER BY id DESC LIMIT $2))`;

/** Newest first, for all services that were asked about at once. */
export const VALID_SIGNING_SECRETS = `
  SELECT id, service, key_id AS "keyId", wrapped_key AS "wrappedKey", ciphertext, created_at AS "createdAt",
         expires_at AS "expiresAt"
  FROM signing_secrets
  WHERE service = ANY($1::text[]) AND (expires_at IS NULL OR expires_at > now())
  ORDER BY id DESC`;

/** A batch of what another master key wraps. */
export const LOCK_SIGNING_SECRETS_TO_REWRAP = `
  SELECT id, service, key_id AS "keyId", wrapped_key AS "wrappedKey", ciphertext FROM signing_secrets
  WHERE key_id <> $1 AND id > $2
  ORDER BY id
  LIMIT $3
  FOR UPDATE`;

export const REWRAP_SIGNING_SECRETS = `
  UPDATE signing_secrets s SET key_id = $1, wrapped_key = m.wrapped_key
  FROM unnest($2::uuid[], $3::bytea[]) AS m (id, wrapped_key)
  WHERE s.id = m.id`;
