import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { countOf, rowsOf } from '@app/platform/database';

const TABLES = ['executions', 'execution_logs'] as const;
const DAYS_AHEAD = 28;

const ENSURE = `SELECT ensure_weekly_partitions($1, now() - interval '7 days', now() + $2 * interval '1 day')`;

/** A partition's name ends with its first day, so its age needs no catalogue bounds to be parsed. */
const PARTITIONS_ENDED_BEFORE = `
  SELECT c.relname AS name
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = $1::regclass AND c.relname ~ '_[0-9]{8}$'
    AND to_date(right(c.relname, 8), 'YYYYMMDD') + 7 < (now() - $2 * interval '1 day')::date
  ORDER BY c.relname`;

/** A batch: after months away all of it could take longer than a statement may, and then it would never end. */
const DELETE_OLD_OF_DEFAULT = {
  executions: `
    DELETE FROM executions_default WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM executions_default WHERE finished_at < now() - $1 * interval '1 day' LIMIT $2))`,
  execution_logs: `
    DELETE FROM execution_logs_default WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM execution_logs_default WHERE at < now() - $1 * interval '1 day' LIMIT $2))`,
} as const;
const DELETE_BATCH = 10_000;

/** One pruner at a time, whichever worker it is. */
const PRUNE_LOCK = 7_265_002;

/** The weeks that history is kept in: made ahead of time, dropped whole. */
@Injectable()
export class PartitionsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Makes the weeks to come and drops those past retention.
   * @returns the partitions dropped, or null when another worker is at it
   */
  async maintain(retentionDays: number): Promise<string[] | null> {
    const dropped = await this.replaceOld(retentionDays);
    if (dropped === null) return null;
    // Not in the transaction that drops: until its end nobody reads or writes history.
    for (const table of TABLES) await this.deleteOldOfDefault(table, retentionDays);
    return dropped;
  }

  private replaceOld(retentionDays: number): Promise<string[] | null> {
    return this.dataSource.transaction(async (tx) => {
      const [lock] = await rowsOf<{ ours: boolean }>(tx, 'SELECT pg_try_advisory_xact_lock($1) AS ours', [
        PRUNE_LOCK,
      ]);
      if (!lock?.ours) return null;
      // Dropping waits for readers of the parent; rather fail and come back than make others queue behind the wait.
      await tx.query(`SET LOCAL lock_timeout = '2s'`);
      for (const table of TABLES) await tx.query(ENSURE, [table, DAYS_AHEAD]);
      return this.dropOld(tx, retentionDays);
    });
  }

  private async dropOld(tx: EntityManager, retentionDays: number): Promise<string[]> {
    const dropped: string[] = [];
    for (const table of TABLES) {
      for (const { name } of await rowsOf<{ name: string }>(tx, PARTITIONS_ENDED_BEFORE, [
        table,
        retentionDays,
      ])) {
        if (table === 'executions' && (await hasUnfinished(tx, name))) continue;
        await tx.query(`DROP TABLE "${name}"`);
        dropped.push(name);
      }
    }
    return dropped;
  }

  private async deleteOldOfDefault(table: (typeof TABLES)[number], retentionDays: number): Promise<void> {
    const sql = DELETE_OLD_OF_DEFAULT[table];
    while ((await countOf(this.dataSource, sql, [retentionDays, DELETE_BATCH])) === DELETE_BATCH);
  }
}

/** A run that waits longer than history is kept is still owed: its partition stays. */
async function hasUnfinished(tx: EntityManager, partition: string): Promise<boolean> {
  const unfinished = `SELECT 1 FROM "${partition}" WHERE phase <> 'final' LIMIT 1`;
  return (await rowsOf(tx, unfinished)).length > 0;
}
