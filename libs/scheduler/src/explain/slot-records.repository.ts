import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { rowsOf } from '@app/platform/database';
import type { Schedule } from '@app/schedules';
import type { ExecutionRecord } from './domain/explanation.js';
import { MAX_CONCURRENT_RUNS, RECORDS_AROUND } from './explain.sql.js';

/** What history has about the slots of a schedule. */
@Injectable()
export class SlotRecordsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Those of [from, to), up to `limit`, and their neighbours; by scheduledFor, ascending. */
  around(
    { service, id }: Pick<Schedule, 'service' | 'id'>,
    from: Date,
    to: Date,
    limit: number,
  ): Promise<ExecutionRecord[]> {
    return rowsOf(this.dataSource, RECORDS_AROUND, [id, from, to, limit, service]);
  }

  /** null: the service has no limit. */
  async maxConcurrentRuns(service: string): Promise<number | null> {
    const [row] = await rowsOf<{ limit: number | null }>(this.dataSource, MAX_CONCURRENT_RUNS, [service]);
    return row?.limit ?? null;
  }
}
