import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import type { OwnedJob } from '@app/jobs';
import { columnsOf, countOf, preparedRowOf, rowsOf } from '@app/platform/database';
import { scheduledForOf } from './domain/execution-id.js';
import type { Execution } from './domain/execution.js';
import type { NewExecution } from './domain/new-execution.js';
import { ExecutionEntity } from './execution.entity.js';
import * as sql from './executions.sql.js';
import { insertBatches } from './insert-batches.js';

/** Who wants which run ended, and why. */
export interface Cancellation {
  readonly service: string;
  readonly id: string;
  readonly actor: string;
  readonly reason: string | null;
}

export interface UnfinishedOfSchedule {
  readonly scheduleId: string;
  /** Pending, queued or running, without those that the overlap policy holds back. */
  readonly activeCount: number;
  readonly heldCount: number;
  readonly blockingExecutionId: string | null;
}

/** Thousands of runs as a rule, a hundred where each has all the parameters that it may have. */
const MAX_INSERT_CHARACTERS = 8_000_000;

/**
 * Reads, and what the api and the scheduler write; what goes into the queue is in `dispatch.repository.ts`, what a worker
 * writes in `worker/claims.repository.ts`.
 */
@Injectable()
export class ExecutionsRepository {
  private readonly findOne: string;

  constructor(@InjectRepository(ExecutionEntity) private readonly executions: Repository<ExecutionEntity>) {
    this.findOne = sql.findExecution(columnsOf(executions.metadata));
  }

  /** @returns the ids inserted; a slot that was taken already is not among them. */
  async insertExecutions(tx: EntityManager, executions: readonly NewExecution[]): Promise<string[]> {
    const ids: string[] = [];
    for (const batch of insertBatches(executions, MAX_INSERT_CHARACTERS)) {
      const rows = await rowsOf<{ id: string }>(tx, sql.INSERT_EXECUTIONS, batch);
      ids.push(...rows.map((row) => row.id));
    }
    return ids;
  }

  find(service: string, id: string): Promise<Execution | null> {
    const parameters = [id, scheduledForOf(id), service];
    return preparedRowOf(this.executions.manager.connection, 'execution', this.findOne, parameters);
  }

  unfinishedOfSchedules(
    tx: EntityManager,
    schedules: readonly { id: string; jobId: string }[],
  ): Promise<UnfinishedOfSchedule[]> {
    return rowsOf(tx, sql.UNFINISHED_OF_SCHEDULES, [
      schedules.map((s) => s.jobId),
      schedules.map((s) => s.id),
    ]);
  }

  /** @returns whether this was the first to ask; null when there was nothing left to cancel */
  async cancel(tx: EntityManager, cancellation: Cancellation): Promise<boolean | null> {
    const { service, id, actor, reason } = cancellation;
    const parameters = [id, scheduledForOf(id), actor, reason, service];
    const [asked] = await rowsOf<{ isFirst: boolean }>(tx, sql.CANCEL, parameters);
    return asked?.isFirst ?? null;
  }

  async cancelPendingOfJob(tx: EntityManager, { id, service }: OwnedJob, limit: number): Promise<void> {
    await tx.query(sql.CANCEL_PENDING_OF_JOB, [id, service, limit]);
  }

  cancelUnfinishedOfSchedules(
    tx: EntityManager,
    schedules: readonly { id: string; jobId: string }[],
  ): Promise<number> {
    const jobIds = schedules.map((schedule) => schedule.jobId);
    return countOf(tx, sql.CANCEL_UNFINISHED_OF_SCHEDULES, [
      schedules.map((schedule) => schedule.id),
      jobIds,
    ]);
  }
}
