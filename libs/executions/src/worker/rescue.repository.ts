import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { rowsOf } from '@app/platform/database';
import { type ExecutionState, isFinal } from '../domain/execution-state.js';
import type { Trigger } from '../domain/execution.js';
import { LOST_LIMIT } from '../domain/losses.js';
import { runMetrics } from './run-metrics.js';
import { CLOSE_SESSIONS, END_EXPIRED_SESSIONS, PRUNE_SESSIONS, RESCUE } from './rescue.sql.js';

const BATCH = 500;

export interface Rescued {
  readonly id: string;
  readonly state: ExecutionState;
  readonly trigger: Trigger;
  readonly service: string;
  readonly jobId: string;
  readonly scheduleId: string | null;
  readonly attempt: number;
}

/** Ends leases that nobody renewed, and returns what their workers were running. */
@Injectable()
export class RescueRepository {
  constructor(private readonly dataSource: DataSource) {}

  async endExpiredSessions(): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(this.dataSource, END_EXPIRED_SESSIONS);
    return rows.map((row) => row.id);
  }

  /** Running → pending without costing an attempt, or → final; up to a batch of them. */
  async rescue(): Promise<Rescued[]> {
    const rescued = await rowsOf<Rescued>(this.dataSource, RESCUE, [LOST_LIMIT, BATCH]);
    for (const { state, trigger } of rescued) if (isFinal(state)) runMetrics.lostForGood(state, trigger);
    return rescued;
  }

  /** To be called when there is nothing left to rescue. */
  async closeSessions(): Promise<void> {
    await this.dataSource.query(CLOSE_SESSIONS);
  }

  async pruneSessions(): Promise<void> {
    await this.dataSource.query(PRUNE_SESSIONS);
  }
}
