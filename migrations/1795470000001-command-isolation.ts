import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How a worker keeps commands from itself; null for one that has not said so. */
export class CommandIsolation1795470000001 implements MigrationInterface {
  readonly name = 'CommandIsolation1795470000001';

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE worker_sessions ADD COLUMN command_isolation text');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE worker_sessions DROP COLUMN command_isolation');
  }
}
