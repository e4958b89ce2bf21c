import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Says for each end which column tells it from a success, so that no list misses one: lists look for them by the indexes over
 * these columns. Rows of before are not checked; all were written so.
 */
export class EndsSayWhy1795510000001 implements MigrationInterface {
  readonly name = 'EndsSayWhy1795510000001';

  async up(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE executions
        DROP CONSTRAINT executions_bad_end_says_why,
        ADD CONSTRAINT executions_bad_end_says_why CHECK (
          CASE WHEN state IN ('skipped', 'missed') THEN reason IS NOT NULL
               WHEN state IN ('failed', 'timed_out', 'cancelled') THEN error IS NOT NULL OR cancel_requested_at IS NOT NULL
               ELSE true END) NOT VALID`);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE executions
        DROP CONSTRAINT executions_bad_end_says_why,
        ADD CONSTRAINT executions_bad_end_says_why CHECK (
          state IN ('pending', 'queued', 'running', 'succeeded')
          OR error IS NOT NULL OR reason IS NOT NULL OR cancel_requested_at IS NOT NULL) NOT VALID`);
  }
}
