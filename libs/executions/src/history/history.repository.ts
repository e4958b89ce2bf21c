import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { rowsOf, statementRowsOf } from '@app/platform/database';
import { scheduledForOf } from '../domain/execution-id.js';
import type { ExecutionState } from '../domain/execution-state.js';
import {
  type ExecutionSummary,
  type HistoryFilter,
  type HistoryWindow,
  listExecutions,
  STATE_OF,
} from './history.sql.js';

/** Reads what was, what is and what is about to run, of any job, deleted ones included. */
@Injectable()
export class HistoryRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest `scheduledFor` first; each `result.output` is cut to `LISTED_OUTPUT_CHARACTERS`. */
  list(service: string, filter: HistoryFilter, window: HistoryWindow): Promise<ExecutionSummary[]> {
    return statementRowsOf(this.dataSource, listExecutions(service, filter, window));
  }

  /** For those who look often: one column of one row. */
  async stateOf(service: string, id: string): Promise<ExecutionState | null> {
    const parameters = [id, scheduledForOf(id), service];
    const [row] = await rowsOf<{ state: ExecutionState }>(this.dataSource, STATE_OF, parameters);
    return row?.state ?? null;
  }
}
