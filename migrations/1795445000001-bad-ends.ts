import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex, type PartitionedIndex } from './support/partitioned-index.js';

/**
 * Indexes over what did not succeed, so that the few failures in a long history are found without walking through it.
 * Every other write leaves them alone: their condition names no column that a claim changes, and a success is not in them.
 */
export class BadEnds1795445000001 implements MigrationInterface {
  readonly name = 'BadEnds1795445000001';
  readonly transaction = false;

  async up(db: QueryRunner): Promise<void> {
    for (const index of INDEXES) await buildIndex(db, index);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP INDEX ${INDEXES.map(({ name }) => name).join(', ')}`);
  }
}

const BAD_END = `phase = 'final' AND (error IS NOT NULL OR reason IS NOT NULL OR cancel_requested_at IS NOT NULL)`;

const INDEXES: readonly PartitionedIndex[] = [
  { name: 'executions_bad_ends', columns: 'service, id DESC' },
  { name: 'executions_bad_ends_of_job', columns: 'job_id, id DESC' },
  { name: 'executions_bad_ends_of_schedule', columns: 'schedule_id, scheduled_for DESC, id DESC' },
].map((index) => ({ ...index, where: BAD_END }));
