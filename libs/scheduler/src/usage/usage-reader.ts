import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { refuseOddSlug, serviceNotFound } from '@app/access';
import { rowsOf } from '@app/platform/database';
import { USAGE_OF_SERVICE } from './usage.sql.js';

/** What a service has, beside the limit of each. */
export interface Usage {
  readonly service: string;
  /** The database's clock. */
  readonly at: Date;
  readonly maxJobs: number | null;
  readonly maxSchedules: number | null;
  readonly maxRunsPerMinute: number | null;
  readonly maxConcurrentRuns: number | null;
  readonly maxStoredBytes: number | null;
  readonly jobs: number;
  readonly schedules: number;
  /** null: nobody counts them, as there is no limit. */
  readonly runs: number | null;
  readonly concurrentRuns: number;
  /** null: nobody counts them, or has done so yet. */
  readonly storedBytes: number | null;
  readonly countedAt: Date | null;
}

@Injectable()
export class UsageReader {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws ProblemError `service_not_found` */
  async usageOf(slug: string): Promise<Usage> {
    refuseOddSlug(slug);
    const [usage] = await rowsOf<Usage>(this.dataSource, USAGE_OF_SERVICE, [slug]);
    if (usage === undefined) throw serviceNotFound(slug);
    return usage;
  }
}
