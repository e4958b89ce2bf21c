import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex, type PartitionedIndex } from './support/partitioned-index.js';

/**
 * Indexes over what failed, timed out or was cancelled, which is what can be run again. In those over all bad ends it stands
 * among what was skipped: a schedule that fires each second during long runs leaves millions of such records, and the list
 * of a service's failures walked over all of them.
 */
export class RetryableEnds1795510000000 implements MigrationInterface {
  readonly name = 'RetryableEnds1795510000000';
  readonly transaction = false;

  async up(db: QueryRunner): Promise<void> {
    for (const index of INDEXES) await buildIndex(db, index);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP INDEX ${INDEXES.map(({ name }) => name).join(', ')}`);
  }
}

/** Columns that no claim changes. */
const RETRYABLE_END = `phase = 'final' AND (error IS NOT NULL OR cancel_requested_at IS NOT NULL)`;

const INDEXES: readonly PartitionedIndex[] = [
  { name: 'executions_retryable_ends', columns: 'service, id DESC' },
  { name: 'executions_retryable_ends_of_job', columns: 'job_id, id DESC' },
  { name: 'executions_retryable_ends_of_schedule', columns: 'schedule_id, scheduled_for DESC, id DESC' },
].map((index) => ({ ...index, where: RETRYABLE_END }));
