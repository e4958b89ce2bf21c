import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { countOf, isPassingFailure, type Queryable, rowsOf } from '@app/platform/database';

const TABLES = ['executions', 'execution_logs'] as const;
type Table = (typeof TABLES)[number];
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
const TRY_PRUNE_LOCK = 'SELECT pg_try_advisory_xact_lock($1) AS ours';

/** Whoever comes after it queues behind a lock that waits: rather give up, and leave the week for another hour. */
const LOCK_TIMEOUT_MS = 500;

/** The weeks that history is kept in: made ahead of time, dropped whole. */
@Injectable()
export class PartitionsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Makes the weeks to come and drops those past retention.
   * @returns the partitions dropped, or null when another worker is at it
   */
  async maintain(retentionDays: number, stopping: AbortSignal): Promise<string[] | null> {
    if (!(await this.makeAhead())) return null;
    const dropped: string[] = [];
    for (const table of TABLES) dropped.push(...(await this.dropOld(table, retentionDays)));
    for (const table of TABLES) await this.deleteOldOfDefault(table, retentionDays, stopping);
    return dropped;
  }

  private async makeAhead(): Promise<boolean> {
    return this.alone(async (tx) => {
      for (const table of TABLES) await tx.query(ENSURE, [table, DAYS_AHEAD]);
      return true;
    });
  }

  private async dropOld(table: Table, retentionDays: number): Promise<string[]> {
    const dropped: string[] = [];
    for (const { name } of await rowsOf<{ name: string }>(this.dataSource, PARTITIONS_ENDED_BEFORE, [
      table,
      retentionDays,
    ])) {
      if (await hasUnfinished(this.dataSource, table, name)) continue;
      if (await this.dropUnlessBusy(table, name)) dropped.push(name);
    }
    return dropped;
  }

  /** A week that somebody reads all the while is left to the next round. */
  private dropUnlessBusy(table: Table, name: string): Promise<boolean> {
    return this.drop(table, name).catch((error: unknown) => {
      if (isPassingFailure(error)) return false;
      throw error;
    });
  }

  /**
   * Nobody reads or writes history from the lock to the commit: so each week has a transaction of its own, with nothing in it
   * but what must be. (Without a lock on the whole table it cannot be done: a table with a default partition takes no
   * DETACH … CONCURRENTLY.)
   */
  private drop(table: Table, name: string): Promise<boolean> {
    return this.alone(async (tx) => {
      await tx.query(`LOCK TABLE ONLY ${table} IN ACCESS EXCLUSIVE MODE`);
      // Again, now that nothing can be added.
      if (await hasUnfinished(tx, table, name)) return false;
      await tx.query(`DROP TABLE "${name}"`);
      return true;
    });
  }

  /** @returns false when another worker is at it */
  private alone(work: (tx: EntityManager) => Promise<boolean>): Promise<boolean> {
    return this.dataSource.transaction(async (tx) => {
      const [lock] = await rowsOf<{ ours: boolean }>(tx, TRY_PRUNE_LOCK, [PRUNE_LOCK]);
      if (!lock?.ours) return false;
      await tx.query(`SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
      return work(tx);
    });
  }

  private async deleteOldOfDefault(
    table: Table,
    retentionDays: number,
    stopping: AbortSignal,
  ): Promise<void> {
    const sql = DELETE_OLD_OF_DEFAULT[table];
    let isMore = true;
    while (isMore && !stopping.aborted)
      isMore = (await countOf(this.dataSource, sql, [retentionDays, DELETE_BATCH])) === DELETE_BATCH;
  }
}

/** A run that waits longer than history is kept is still owed: its partition stays. */
async function hasUnfinished(db: Queryable, table: Table, partition: string): Promise<boolean> {
  if (table !== 'executions') return false;
  const unfinished = `SELECT 1 FROM "${partition}" WHERE phase <> 'final' LIMIT 1`;
  return (await rowsOf(db, unfinished)).length > 0;
}
