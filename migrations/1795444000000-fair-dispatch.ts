import type { MigrationInterface, QueryRunner } from 'typeorm';
import { buildIndex, type PartitionedIndex } from './support/partitioned-index.js';

/**
 * Indexes that let a dispatcher step from service to service and from schedule to schedule over what waits, however much
 * waits of each. None is written by a claim, and only the second by every run: it takes the place of
 * `executions_unfinished`, with one column more.
 */
export class FairDispatch1795444000000 implements MigrationInterface {
  readonly name = 'FairDispatch1795444000000';
  readonly transaction = false;

  async up(db: QueryRunner): Promise<void> {
    for (const index of INDEXES) await buildIndex(db, index);
    await db.query('DROP INDEX IF EXISTS executions_unfinished');
  }

  async down(db: QueryRunner): Promise<void> {
    await buildIndex(db, UNFINISHED);
    await db.query(`DROP INDEX ${INDEXES.map(({ name }) => name).join(', ')}`);
  }
}

const INDEXES: readonly PartitionedIndex[] = [
  {
    name: 'executions_due_of_service',
    columns: 'service, priority, due_at',
    where: `phase = 'waiting' AND hold IS NULL`,
  },
  {
    name: 'executions_open',
    columns: `job_id, phase, schedule_id, (hold IS DISTINCT FROM 'overlap')`,
    where: `phase <> 'final'`,
  },
  {
    name: 'executions_buffered',
    columns: 'schedule_id, scheduled_for',
    where: `phase = 'waiting' AND hold = 'overlap'`,
  },
];

const UNFINISHED: PartitionedIndex = {
  name: 'executions_unfinished',
  columns: 'job_id, phase, schedule_id',
  where: `phase <> 'final'`,
};
