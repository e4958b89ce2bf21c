import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What a request with an idempotency key made, kept by the transaction that made it. */
export class MadeByRequest1795450000000 implements MigrationInterface {
  readonly name = 'MadeByRequest1795450000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE idempotency_keys ADD COLUMN made_id text');
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('ALTER TABLE idempotency_keys DROP COLUMN made_id');
  }
}
