import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Indexes over what did not succeed, so that the few failures in a long history are found without walking through it.
 * Every other write leaves them alone: their condition names no column that a claim changes, and a success is not in them.
 *
 * Built partition by partition without blocking writes, for which there can be no transaction; a second run picks up where
 * the first was interrupted.
 */
export class BadEnds1795445000001 implements MigrationInterface {
  readonly name = 'BadEnds1795445000001';
  readonly transaction = false;

  async up(db: QueryRunner): Promise<void> {
    for (const [index, columns] of Object.entries(INDEXES)) {
      await db.query(`CREATE INDEX IF NOT EXISTS ${index} ON ONLY executions (${columns}) WHERE ${BAD_END}`);
      for (const partition of await unindexedPartitions(db, index)) {
        await buildOn(db, partition, index, columns);
      }
    }
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP INDEX ${Object.keys(INDEXES).join(', ')}`);
  }
}

const BAD_END = `phase = 'final' AND (error IS NOT NULL OR reason IS NOT NULL OR cancel_requested_at IS NOT NULL)`;

const INDEXES = {
  executions_bad_ends: 'service, id DESC',
  executions_bad_ends_of_job: 'job_id, id DESC',
  executions_bad_ends_of_schedule: 'schedule_id, scheduled_for DESC, id DESC',
};

interface Partition {
  readonly name: string;
  readonly isEmpty: boolean;
}

/** A partition without an index of its own, and whether there is anything to put into it. */
function unindexedPartitions(db: QueryRunner, index: string): Promise<Partition[]> {
  return db.query(
    `SELECT t.inhrelid::regclass::text AS name, pg_relation_size(t.inhrelid) = 0 AS "isEmpty"
     FROM pg_inherits t
     WHERE t.inhparent = 'executions'::regclass AND NOT EXISTS (
       SELECT FROM pg_inherits i JOIN pg_index x ON x.indexrelid = i.inhrelid
       WHERE i.inhparent = $1::regclass AND x.indrelid = t.inhrelid)`,
    [index],
  ) as Promise<Partition[]>;
}

/** CONCURRENTLY waits for every transaction around it, which an empty partition is not worth. */
async function buildOn(
  db: QueryRunner,
  { name, isEmpty }: Partition,
  index: string,
  columns: string,
): Promise<void> {
  const own = `${name}_${index.replace('executions_', '')}`;
  await db.query(`DROP INDEX IF EXISTS ${own}`);
  await db.query(
    `CREATE INDEX ${isEmpty ? '' : 'CONCURRENTLY'} ${own} ON ${name} (${columns}) WHERE ${BAD_END}`,
  );
  await db.query(`ALTER INDEX ${index} ATTACH PARTITION ${own}`);
}
