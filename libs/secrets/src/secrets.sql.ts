const METADATA = `service, name, version, created_at AS "createdAt", updated_at AS "updatedAt"`;
const ENVELOPE = `key_id AS "keyId", wrapped_key AS "wrappedKey", ciphertext`;

/** A new value in one statement: two writers cannot both count themselves as the one that made room. No row: too many. */
export const PUT_SECRET = `
  INSERT INTO secrets (service, name, key_id, wrapped_key, ciphertext)
  SELECT $1, $2, $3, $4, $5
  WHERE EXISTS (SELECT 1 FROM secrets WHERE service = $1 AND name = $2)
     OR (SELECT count(*) FROM secrets WHERE service = $1) < $6
  ON CONFLICT (service, name) DO UPDATE
  SET key_id = excluded.key_id, wrapped_key = excluded.wrapped_key, ciphertext = excluded.ciphertext,
      version = secrets.version + 1, updated_at = now()
  RETURNING ${METADATA}`;

/** Guarded by the version that the caller has seen. */
export const CHANGE_SECRET = `
  UPDATE secrets
  SET key_id = $3, wrapped_key = $4, ciphertext = $5, version = version + 1, updated_at = now()
  WHERE service = $1 AND name = $2 AND version = $6
  RETURNING ${METADATA}`;

/** By name, in the order of the primary key. */
export const LIST_SECRETS = `
  SELECT ${METADATA} FROM secrets
  WHERE service = $1 AND name > $2
  ORDER BY name
  LIMIT $3`;

export const FIND_SECRET = `SELECT ${METADATA} FROM secrets WHERE service = $1 AND name = $2`;

export const DELETE_SECRET = `
  DELETE FROM secrets WHERE service = $1 AND name = $2 AND ($3::integer IS NULL OR version = $3)`;

/** For all runs that begin together: one row each that exists. */
export const ENVELOPES_OF_SECRETS = `
  SELECT s.service, s.name, s.key_id AS "keyId", s.wrapped_key AS "wrappedKey", s.ciphertext
  FROM unnest($1::text[], $2::text[]) AS asked (service, name)
  JOIN secrets s ON s.service = asked.service AND s.name = asked.name`;

/** A batch of what another master key wraps, in the order of the primary key so that one that cannot be opened is passed. */
export const LOCK_SECRETS_TO_REWRAP = `
  SELECT service, name, ${ENVELOPE} FROM secrets
  WHERE key_id <> $1 AND (service, name) > ($2, $3)
  ORDER BY service, name
  LIMIT $4
  FOR UPDATE`;

/** Neither version nor times: the value is the same. */
export const REWRAP_SECRETS = `
  UPDATE secrets s SET key_id = $1, wrapped_key = m.wrapped_key
  FROM unnest($2::text[], $3::text[], $4::bytea[]) AS m (service, name, wrapped_key)
  WHERE s.service = m.service AND s.name = m.name`;
