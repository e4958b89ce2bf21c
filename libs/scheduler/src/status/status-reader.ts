import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ExecutionsQueue } from '@app/executions';
import { AppConfig } from '@app/platform/config';
import { rowsOf } from '@app/platform/database';
import { within } from '@app/platform/waiting';
import { type Backlog, BacklogRepository } from '../backlog/backlog.repository.js';
import { LIVE_WORKERS, STORE_VERSIONS } from './status.sql.js';

export interface LiveWorker {
  readonly id: string;
  readonly hostname: string;
  readonly pid: number;
  readonly version: string;
  readonly concurrency: number;
  readonly busy: number;
  readonly startedAt: Date;
  readonly renewedAt: Date;
  /** As its last renewal told it; null until then. */
  readonly lastTickAt: Date | null;
  /** null for one whose code does not say. */
  readonly commandIsolation: 'namespaces' | 'process_group' | 'runner' | 'runner_away' | 'disabled' | null;
}

export interface Status {
  /** The database's clock. */
  readonly now: Date;
  readonly workers: readonly LiveWorker[];
  readonly backlog: Backlog;
  /** Entries by state; null while the queue does not answer. */
  readonly queue: Readonly<Record<string, number>> | null;
  readonly versions: {
    readonly api: string;
    readonly node: string;
    readonly postgres: string;
    readonly schema: string;
  };
}

interface StoreVersions {
  readonly now: Date;
  readonly postgres: string;
  readonly schema: string;
}

const QUEUE_ANSWERS_WITHIN_MS = 2_000;

/** The whole installation as one answer, for people: who works, what is owed, which versions run. */
@Injectable()
export class StatusReader {
  constructor(
    private readonly dataSource: DataSource,
    private readonly backlog: BacklogRepository,
    private readonly queue: ExecutionsQueue,
    private readonly config: AppConfig,
  ) {}

  async read(): Promise<Status> {
    const [workers, backlog, queue, [store]] = await Promise.all([
      rowsOf<LiveWorker>(this.dataSource, LIVE_WORKERS),
      this.backlog.read(),
      this.queueEntries(),
      rowsOf<StoreVersions>(this.dataSource, STORE_VERSIONS),
    ]);
    const { now, postgres, schema } = store!;
    const versions = { api: this.config.service.version, node: process.version, postgres, schema };
    return { now, workers, backlog, queue, versions };
  }

  /** A queue that is away makes its own calls wait: the rest of the answer does not. */
  private queueEntries(): Promise<Status['queue']> {
    const counts = this.queue.counts().catch(() => null);
    return within(QUEUE_ANSWERS_WITHIN_MS, counts, () => null);
  }
}
