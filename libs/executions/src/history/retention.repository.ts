import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { countOf, rowsOf } from '@app/platform/database';
import { lowestIdAt, scheduledForOf } from '../domain/execution-id.js';
import * as sql from './retention.sql.js';

/** Until when a service keeps what succeeded, and what did not; null where it says nothing of its own. */
export interface Retention {
  readonly service: string;
  readonly succeededBefore: Date | null;
  readonly failedBefore: Date | null;
}

/** What of a service may go. */
export interface Expired {
  readonly service: string;
  readonly outcome: 'succeeded' | 'failed';
  readonly before: Date;
}

/** One transaction's worth: a few tens of milliseconds, in which nobody waits but for these very rows. */
const EXECUTIONS_BATCH = 1_000;
const LOG_LINES_BATCH = 10_000;
const JOBS_BATCH = 1_000;
const LOWEST_ID = lowestIdAt(new Date(0));

/** History that a service keeps for less time than the weeks are kept that hold everybody's. */
@Injectable()
export class RetentionRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @param retentionDays the installation's, after which whole weeks are dropped: more than that is not kept */
  shorterRetentions(retentionDays: number): Promise<Retention[]> {
    return rowsOf(this.dataSource, sql.SHORTER_RETENTIONS, [retentionDays]);
  }

  /**
   * Deletes a batch with its logs.
   * @param afterId where the batch before ended
   * @returns where this one ended; null when nothing is left
   */
  deleteExpired(expired: Expired, afterId: string = LOWEST_ID): Promise<string | null> {
    return this.dataSource.transaction(async (tx) => {
      const ids = await this.oldest(tx, expired, afterId);
      const last = ids.at(-1);
      if (last === undefined) return null;
      const instants = ids.map(scheduledForOf);
      const lines = await countOf(tx, sql.DELETE_LOGS, [ids, instants, LOG_LINES_BATCH]);
      // There may be more: the executions stay until their last line is gone, and are found again.
      if (lines === LOG_LINES_BATCH) return afterId;
      await countOf(tx, sql.DELETE_EXECUTIONS, [ids, instants]);
      return last;
    });
  }

  /** Forgets deleted jobs of which no history is left. @param stopping leaves the rest to the next round */
  async pruneJobs(retentionDays: number, stopping: AbortSignal): Promise<void> {
    let forgotten: number;
    do forgotten = await countOf(this.dataSource, sql.PRUNE_JOBS, [retentionDays, JOBS_BATCH]);
    while (forgotten === JOBS_BATCH && !stopping.aborted);
  }

  private async oldest(tx: EntityManager, expired: Expired, afterId: string): Promise<string[]> {
    const { service, outcome, before } = expired;
    const statement = outcome === 'succeeded' ? sql.OLD_SUCCEEDED : sql.OLD_FAILED;
    const window = [afterId, scheduledForOf(afterId), lowestIdAt(before), before];
    const rows = await rowsOf<{ id: string }>(tx, statement, [service, ...window, EXECUTIONS_BATCH]);
    return rows.map(({ id }) => id);
  }
}
