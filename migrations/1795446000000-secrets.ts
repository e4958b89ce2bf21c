import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What services entrust to us, encrypted: each value by a key of its own, which a master key outside the database wraps.
 * Who has the tables and not SECRETS_KEYS has nothing.
 */
export class Secrets1795446000000 implements MigrationInterface {
  readonly name = 'Secrets1795446000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(SECRETS);
    await db.query(SIGNING_SECRETS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE signing_secrets, secrets`);
  }
}

const SECRETS = `
  CREATE TABLE secrets (
    service     text NOT NULL REFERENCES services (slug) ON DELETE CASCADE,
    name        text NOT NULL CHECK (name ~ '^[A-Za-z][A-Za-z0-9_-]{0,63}$'),
    version     integer NOT NULL DEFAULT 1,
    -- The master key that wraps the data key.
    key_id      text NOT NULL,
    wrapped_key bytea NOT NULL,
    ciphertext  bytea NOT NULL,
    created_at  timestamptz(3) NOT NULL DEFAULT now(),
    updated_at  timestamptz(3) NOT NULL DEFAULT now(),
    PRIMARY KEY (service, name)
  );
`;

/** Those that sign a service's calls: the one that stays, and the ones before it until they expire. */
const SIGNING_SECRETS = `
  CREATE TABLE signing_secrets (
    id          uuid PRIMARY KEY,
    service     text NOT NULL REFERENCES services (slug) ON DELETE CASCADE,
    key_id      text NOT NULL,
    wrapped_key bytea NOT NULL,
    ciphertext  bytea NOT NULL,
    created_at  timestamptz(3) NOT NULL DEFAULT now(),
    expires_at  timestamptz(3)
  );
  CREATE INDEX signing_secrets_of_service ON signing_secrets (service, id DESC);
  CREATE UNIQUE INDEX signing_secrets_current ON signing_secrets (service) WHERE expires_at IS NULL;
`;
