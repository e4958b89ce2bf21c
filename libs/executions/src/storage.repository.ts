import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { rowsOf } from '@app/platform/database';
import { lowestIdAt, scheduledForOf } from './domain/execution-id.js';
import * as sql from './storage.sql.js';

/** Tens of milliseconds where a run has a hundred lines. */
const BATCH = 1_000;
const LOWEST_ID = lowestIdAt(new Date(0));

/** What a part of a service's history takes. */
export interface StoredBatch {
  readonly bytes: number;
  /** Where it ends; null: there was nothing left. */
  readonly lastId: string | null;
}

/** What the history of services takes that have a limit for it (`maxStoredBytes`). */
@Injectable()
export class StorageRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns the service to count next; null: none is due */
  async beginCount(): Promise<string | null> {
    const [begun] = await rowsOf<{ service: string }>(this.dataSource, sql.BEGIN_COUNT);
    return begun?.service ?? null;
  }

  /** @param afterId where the batch before ended */
  async countBatch(service: string, afterId: string = LOWEST_ID): Promise<StoredBatch> {
    const parameters = [service, afterId, scheduledForOf(afterId), BATCH];
    const [batch] = await rowsOf<StoredBatch>(this.dataSource, sql.COUNT_BATCH, parameters);
    return batch!;
  }

  async endCount(service: string, bytes: number): Promise<void> {
    await this.dataSource.query(sql.END_COUNT, [service, bytes]);
  }

  /** Those of `services` that have more than they may, as last counted. */
  async full(services: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await rowsOf<{ service: string }>(this.dataSource, sql.FULL_SERVICES, [services]);
    return new Set(rows.map(({ service }) => service));
  }
}
