import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What services present to act. A revoked key keeps its row: audit records go on to name it. */
export class ApiKeys1795443000000 implements MigrationInterface {
  readonly name = 'ApiKeys1795443000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(API_KEYS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE api_keys`);
  }
}

const API_KEYS = `
  CREATE TABLE api_keys (
    id                   uuid PRIMARY KEY,
    service              text NOT NULL REFERENCES services (slug),
    name                 text NOT NULL,
    scopes               text[] NOT NULL CHECK (cardinality(scopes) > 0),
    -- From where it may be used; empty is anywhere.
    allowed_cidrs        text[] NOT NULL DEFAULT '{}',
    -- HMAC-SHA-256 of the secret: who has the table and not the pepper has no key.
    secret_hash          bytea NOT NULL CHECK (octet_length(secret_hash) = 32),
    previous_secret_hash bytea CHECK (octet_length(previous_secret_hash) = 32),
    previous_valid_until timestamptz(3),
    expires_at           timestamptz(3),
    last_used_at         timestamptz(3),
    rotated_at           timestamptz(3),
    revoked_at           timestamptz(3),
    created_by           text NOT NULL,
    version              integer NOT NULL DEFAULT 1,
    created_at           timestamptz(3) NOT NULL DEFAULT now(),
    updated_at           timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT api_keys_previous_ends CHECK ((previous_secret_hash IS NULL) = (previous_valid_until IS NULL))
  );
  CREATE INDEX api_keys_listed ON api_keys (service, id DESC) WHERE revoked_at IS NULL;
`;
