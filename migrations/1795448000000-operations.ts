import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which code may run on this schema (docs/adr, "Readiness and the schema"), and when each worker's scheduler last ticked. */
export class Operations1795448000000 implements MigrationInterface {
  readonly name = 'Operations1795448000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(SCHEMA_COMPATIBILITY);
    await db.query(`ALTER TABLE worker_sessions ADD COLUMN last_tick_at timestamptz(3)`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`ALTER TABLE worker_sessions DROP COLUMN last_tick_at`);
    await db.query(`DROP TABLE schema_compatibility`);
  }
}

/** One row. A migration that takes something away names itself, or the newest one that code must know, as the minimum. */
const SCHEMA_COMPATIBILITY = `
  CREATE TABLE schema_compatibility (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    minimum  text NOT NULL
  );
  INSERT INTO schema_compatibility (minimum) VALUES ('Operations1795448000000');
`;
