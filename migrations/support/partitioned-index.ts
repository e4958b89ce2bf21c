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
 * where the first was interrupted, or left the line behind somebody who reads the table (migrate.ts).
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

/**
 * CONCURRENTLY waits for every transaction around it, which an empty partition is not worth. An index that was finished and
 * not attached is attached: to drop it would keep everybody waiting who waits for whoever uses it.
 */
async function buildOn(db: QueryRunner, partition: Partition, index: PartitionedIndex): Promise<void> {
  const own = `${partition.name}_${index.name.replace('executions_', '')}`;
  const [left] = await leftBehind(db, own);
  if (left?.isFinished === false) await unhurried(db, `DROP INDEX CONCURRENTLY ${own}`);
  if (!left?.isFinished)
    await build(db, partition, `${own} ON ${partition.name} (${index.columns}) WHERE ${index.where}`);
  await db.query(`ALTER INDEX ${index.name} ATTACH PARTITION ${own}`);
}

/** What an interrupted run left behind. */
function leftBehind(db: QueryRunner, name: string): Promise<{ isFinished: boolean }[]> {
  const sql = `SELECT indisvalid AS "isFinished" FROM pg_index WHERE indexrelid = to_regclass($1)`;
  return db.query(sql, [name]) as Promise<{ isFinished: boolean }[]>;
}

async function build(db: QueryRunner, { name, isEmpty }: Partition, definition: string): Promise<void> {
  if (isEmpty) return void (await db.query(`CREATE INDEX ${definition}`));
  console.log(
    `Building an index of ${name}, which waits for all transactions that are older, such as a dump.`,
  );
  await unhurried(db, `CREATE INDEX CONCURRENTLY ${definition}`);
}

/** As long as it takes: nobody waits behind it, and its own waits would run into the lock time-out of the others. */
async function unhurried(db: QueryRunner, statement: string): Promise<void> {
  const [{ before }] = (await db.query(`SELECT current_setting('lock_timeout') AS before`)) as [
    { before: string },
  ];
  await db.query('SET lock_timeout = 0');
  try {
    await db.query(statement);
  } finally {
    await db.query(`SELECT set_config('lock_timeout', $1, false)`, [before]).catch(() => undefined);
  }
}
