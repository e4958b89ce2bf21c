import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { rowsOf } from '@app/platform/database';
import type { ExecutionRecord } from './domain/explanation.js';
import { RECORDS_AROUND } from './explain.sql.js';

/** What history has about the slots of a schedule. */
@Injectable()
export class SlotRecordsRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Those of [from, to), up to `limit`, and their neighbours; by scheduledFor, ascending. */
  around(scheduleId: string, from: Date, to: Date, limit: number): Promise<ExecutionRecord[]> {
    return rowsOf(this.dataSource, RECORDS_AROUND, [scheduleId, from, to, limit]);
  }
}
