import type { MigrationInterface, QueryRunner } from 'typeorm';

/** In which request somebody asked for a run: its id is on every line that a worker logs of it. */
export class RequestOfExecution1795493000000 implements MigrationInterface {
  readonly name = 'RequestOfExecution1795493000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE executions ADD COLUMN request_id text');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE executions DROP COLUMN request_id');
  }
}
