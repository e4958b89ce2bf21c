import type { QueryRunner } from 'typeorm';

/** A partial index of `executions`. */
export interface PartitionedIndex {
  readonly name: string;
  readonly columns: string;
  readonly where: string;
}

interface Partition {
  readonly name: string;
  readonly isEmpty: boolean;
}

/**
 * Builds it partition by partition without blocking writes, for which there can be no transaction; a second run picks up
 * where the first was interrupted.
 */
export async function buildIndex(db: QueryRunner, index: PartitionedIndex): Promise<void> {
  await db.query(
    `CREATE INDEX IF NOT EXISTS ${index.name} ON ONLY executions (${index.columns}) WHERE ${index.where}`,
  );
  for (const partition of await unindexedPartitions(db, index)) await buildOn(db, partition, index);
}

/** A partition without an index of its own, and whether there is anything to put into it. */
function unindexedPartitions(db: QueryRunner, { name }: PartitionedIndex): Promise<Partition[]> {
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
async function buildOn(db: QueryRunner, partition: Partition, index: PartitionedIndex): Promise<void> {
  const own = `${partition.name}_${index.name.replace('executions_', '')}`;
  await db.query(`DROP INDEX IF EXISTS ${own}`);
  await db.query(
    `CREATE INDEX ${partition.isEmpty ? '' : 'CONCURRENTLY'} ${own} ON ${partition.name} (${index.columns})
     WHERE ${index.where}`,
  );
  await db.query(`ALTER INDEX ${index.name} ATTACH PARTITION ${own}`);
}
