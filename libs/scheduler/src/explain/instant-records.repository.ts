import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { rowsOf } from '@app/platform/database';
import type { Schedule } from '@app/schedules';
import type { ExecutionRecord } from './domain/explanation.js';
import { LIMITS_OF_SERVICE, RECORDS_AROUND } from './explain.sql.js';

export interface ServiceLimits {
  /** null: the service has no limit. */
  readonly maxConcurrentRuns: number | null;
  /** Every record is kept for so many days at least. */
  readonly keptDays: number;
}

/** What history has about the slots of a schedule. */
@Injectable()
export class InstantRecordsRepository {
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

  async limitsOf(service: string, retentionDays: number): Promise<ServiceLimits> {
    const [limits] = await rowsOf<ServiceLimits>(this.dataSource, LIMITS_OF_SERVICE, [
      service,
      retentionDays,
    ]);
    return limits ?? { maxConcurrentRuns: null, keptDays: retentionDays };
  }
}
