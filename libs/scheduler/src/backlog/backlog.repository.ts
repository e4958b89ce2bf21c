import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LOWEST_PRIORITY } from '@app/executions';
import { rowsOf } from '@app/platform/database';
import { BACKLOG, PARTITIONS } from './backlog.sql.js';

/** Counts end at 10,000 for each priority, and for what is held or due to fire. */
export interface Backlog {
  /** Schedules with an instant that is due and not fired yet. */
  readonly dueSchedules: number;
  /** Due, and not handed to the queue yet. */
  readonly pending: number;
  /** Handed to the queue, and not claimed yet. */
  readonly queued: number;
  /** Held back by an overlap policy or a limit of runs at a time. */
  readonly held: number;
  /** Workers whose lease holds, and what they can run together. */
  readonly sessions: number;
  readonly slots: number;
  /** Of the longest due instant or run that has not started; what is held back does not count. */
  readonly oldestDueAgeSeconds: number;
}

export interface TablePartitions {
  readonly table: string;
  readonly count: number;
  /** Until the newest partition ends. */
  readonly daysAhead: number;
}

const COUNT_LIMIT = 10_000;

/** What is owed, as the database knows it: the same for whichever process asks. */
@Injectable()
export class BacklogRepository {
  constructor(private readonly dataSource: DataSource) {}

  async read(): Promise<Backlog> {
    const [row] = await rowsOf<Backlog>(this.dataSource, BACKLOG, [LOWEST_PRIORITY, COUNT_LIMIT]);
    return row!;
  }

  partitions(): Promise<TablePartitions[]> {
    return rowsOf(this.dataSource, PARTITIONS);
  }
}
