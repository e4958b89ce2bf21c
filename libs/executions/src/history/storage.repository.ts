import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { rowsOf } from '@app/platform/database';
import { lowestIdAt, scheduledForOf } from '../domain/execution-id.js';
import * as sql from './storage.sql.js';

/** With the lines below 100,000 lines at most, which took 0.16 s. */
const BATCH = 500;
const LINES_IN_BATCH = 200;
/** Of a log that has more. */
const LINES = 50_000;
const LOWEST_ID = lowestIdAt(new Date(0));

/** A count that this worker is at. */
export interface BegunCount {
  readonly service: string;
  readonly beganAt: Date;
  /** When the count before it began; null: there was none. */
  readonly dueSince: Date | null;
}

/** A log of which a statement has not met all lines. */
interface LongLog {
  readonly id: string;
  readonly lastSeq: number;
}

interface CountedBatch {
  readonly bytes: number;
  /** Where it ends; null: there was nothing left. */
  readonly lastId: string | null;
  readonly longLogs: readonly LongLog[];
}

interface CountedLines {
  readonly bytes: number;
  readonly lastSeq: number | null;
}

/** What the history of services takes that have a limit for it (`maxStoredBytes`). */
@Injectable()
export class StorageRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns the service to count next; null: none is due */
  async beginCount(): Promise<BegunCount | null> {
    const [begun] = await rowsOf<BegunCount>(this.dataSource, sql.BEGIN_COUNT);
    return begun ?? null;
  }

  /** Bytes of part after part of its history, each what one statement can count in good time, whatever runs have logged. */
  async *partsOf(service: string): AsyncGenerator<number> {
    let lastId: string | null = LOWEST_ID;
    while (lastId !== null) {
      const batch: CountedBatch = await this.countBatch(service, lastId);
      yield batch.bytes;
      for (const log of batch.longLogs) yield* this.restOf(log);
      lastId = batch.lastId;
    }
  }

  async endCount(service: string, bytes: number): Promise<void> {
    await this.dataSource.query(sql.END_COUNT, [service, bytes]);
  }

  /** For another worker, at once; what was counted before stays. */
  async giveCountBack({ service, beganAt, dueSince }: BegunCount): Promise<void> {
    if (dueSince === null) await this.dataSource.query(sql.FORGET_COUNT, [service, beganAt]);
    else await this.dataSource.query(sql.GIVE_COUNT_BACK, [service, beganAt, dueSince]);
  }

  /** Those of `services` that have more than they may, as last counted. */
  async full(services: readonly string[]): Promise<ReadonlySet<string>> {
    const rows = await rowsOf<{ service: string }>(this.dataSource, sql.FULL_SERVICES, [services]);
    return new Set(rows.map(({ service }) => service));
  }

  private async countBatch(service: string, afterId: string): Promise<CountedBatch> {
    const parameters = [service, afterId, scheduledForOf(afterId), BATCH, LINES_IN_BATCH];
    const [batch] = await rowsOf<CountedBatch>(this.dataSource, sql.COUNT_BATCH, parameters);
    return batch!;
  }

  private async *restOf(log: LongLog): AsyncGenerator<number> {
    let lastSeq: number | null = log.lastSeq;
    while (lastSeq !== null) {
      const lines: CountedLines = await this.countLines(log.id, lastSeq);
      yield lines.bytes;
      lastSeq = lines.lastSeq;
    }
  }

  private async countLines(executionId: string, afterSeq: number): Promise<CountedLines> {
    const parameters = [executionId, scheduledForOf(executionId), afterSeq, LINES];
    const [lines] = await rowsOf<CountedLines>(this.dataSource, sql.COUNT_LINES, parameters);
    return lines!;
  }
}
