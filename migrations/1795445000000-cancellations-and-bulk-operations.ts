import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How far a cancel has come and who asked for it; cancels and retries of many executions at once. */
export class CancellationsAndBulkOperations1795445000000 implements MigrationInterface {
  readonly name = 'CancellationsAndBulkOperations1795445000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(CANCELLATIONS);
    await db.query(BULK_OPERATIONS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP TABLE bulk_operations;
      ALTER TABLE executions DROP CONSTRAINT executions_bad_end_says_why;
      ALTER TABLE executions
        DROP COLUMN cancel_requested_by, DROP COLUMN cancel_reason, DROP COLUMN cancel_delivered_at,
        DROP COLUMN cancel_acknowledged_at, DROP COLUMN cancel_forced_at, DROP COLUMN retried_as;
    `);
  }
}

/**
 * None is indexed and none has a default: adding them touches no row, and writing them keeps an update as cheap as it was.
 * The constraint lets `executions_bad_ends` find what did not succeed; it is not checked on rows of before, all of which
 * were written with one of the three.
 */
const CANCELLATIONS = `
  ALTER TABLE executions
    ADD COLUMN cancel_requested_by    text,
    ADD COLUMN cancel_reason          text,
    -- The worker that holds the run has seen the request.
    ADD COLUMN cancel_delivered_at    timestamptz(3),
    -- The run ended by itself when it was told to …
    ADD COLUMN cancel_acknowledged_at timestamptz(3),
    -- … or had to be killed, or was lost with its worker.
    ADD COLUMN cancel_forced_at       timestamptz(3),
    -- The latest execution that repeats this one.
    ADD COLUMN retried_as             uuid;
  ALTER TABLE executions ADD CONSTRAINT executions_bad_end_says_why CHECK (
    state IN ('pending', 'queued', 'running', 'succeeded')
    OR error IS NOT NULL OR reason IS NOT NULL OR cancel_requested_at IS NOT NULL) NOT VALID;
`;

const BULK_OPERATIONS = `
  CREATE TABLE bulk_operations (
    id          uuid PRIMARY KEY,
    service     text NOT NULL,
    action      text NOT NULL CHECK (action IN ('cancel', 'retry')),
    filter      jsonb NOT NULL,
    reason      text,
    state       text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'running', 'succeeded', 'failed', 'cancelled')),
    matched     integer NOT NULL CHECK (matched >= 0),
    done        integer NOT NULL DEFAULT 0,
    -- The execution that the latest batch ended with.
    after_id    uuid,
    error       text,
    created_by  text NOT NULL,
    -- Executions made later are none of its business.
    created_at  timestamptz(3) NOT NULL DEFAULT now(),
    started_at  timestamptz(3),
    worked_at   timestamptz(3),
    finished_at timestamptz(3),
    CONSTRAINT bulk_operations_finished_iff_final CHECK ((state IN ('pending', 'running')) = (finished_at IS NULL))
  );
  CREATE INDEX bulk_operations_open ON bulk_operations (worked_at NULLS FIRST, id) WHERE finished_at IS NULL;
  CREATE INDEX bulk_operations_listed ON bulk_operations (service, id DESC);
`;
