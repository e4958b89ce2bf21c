import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Whether who asked for a bulk operation may have commands run. True for what was asked for before anybody wrote it down. */
export class BulkRetriesOfCommands1795470000000 implements MigrationInterface {
  readonly name = 'BulkRetriesOfCommands1795470000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE bulk_operations ADD COLUMN may_run_commands boolean NOT NULL DEFAULT true');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE bulk_operations DROP COLUMN may_run_commands');
  }
}
