import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Indexes that let a dispatcher step from service to service and from schedule to schedule over what waits, however much
 * waits of each. None is written by a claim, and only the second by every run: it takes the place of
 * `executions_unfinished`, with one column more.
 *
 * Built partition by partition without blocking writes, for which there can be no transaction; a second run picks up where
 * the first was interrupted.
 */
export class FairDispatch1795444000000 implements MigrationInterface {
  readonly name = 'FairDispatch1795444000000';
  readonly transaction = false;

  async up(db: QueryRunner): Promise<void> {
    for (const index of INDEXES) await build(db, index);
    await db.query('DROP INDEX IF EXISTS executions_unfinished');
  }

  async down(db: QueryRunner): Promise<void> {
    await build(db, UNFINISHED);
    await db.query(`DROP INDEX ${INDEXES.map(({ name }) => name).join(', ')}`);
  }
}

interface Index {
  readonly name: string;
  readonly columns: string;
  readonly where: string;
}

const INDEXES: readonly Index[] = [
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

const UNFINISHED: Index = {
  name: 'executions_unfinished',
  columns: 'job_id, phase, schedule_id',
  where: `phase <> 'final'`,
};

async function build(db: QueryRunner, index: Index): Promise<void> {
  await db.query(
    `CREATE INDEX IF NOT EXISTS ${index.name} ON ONLY executions (${index.columns}) WHERE ${index.where}`,
  );
  for (const partition of await unindexedPartitions(db, index)) await buildOn(db, partition, index);
}

interface Partition {
  readonly name: string;
  readonly isEmpty: boolean;
}

/** A partition without an index of its own, and whether there is anything to put into it. */
function unindexedPartitions(db: QueryRunner, { name }: Index): Promise<Partition[]> {
  return db.query(
    `SELECT t.inhrelid::regclass::text AS name, pg_relation_size(t.inhrelid) = 0 AS "isEmpty"
     FROM pg_inherits t
     WHERE t.inhparent = 'executions'::regclass AND NOT EXISTS (
       SELECT FROM pg_inherits i JOIN pg_index x ON x.indexrelid = i.inhrelid
       WHERE i.inhparent = $1::regclass AND x.indrelid = t.inhrelid)`,
    [name],
  ) as Promise<Partition[]>;
}

/** CONCURRENTLY waits for every transaction around it, which an empty partition is not worth. */
async function buildOn(db: QueryRunner, partition: Partition, index: Index): Promise<void> {
  const own = `${partition.name}_${index.name.replace('executions_', '')}`;
  await db.query(`DROP INDEX IF EXISTS ${own}`);
  await db.query(
    `CREATE INDEX ${partition.isEmpty ? '' : 'CONCURRENTLY'} ${own} ON ${partition.name} (${index.columns})
     WHERE ${index.where}`,
  );
  await db.query(`ALTER INDEX ${index.name} ATTACH PARTITION ${own}`);
}
