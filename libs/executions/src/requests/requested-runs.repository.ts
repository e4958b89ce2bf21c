import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { Repository } from 'typeorm';
import { runsExceeded, storageExceeded } from '@app/access';
import { eventOf } from '@app/audit';
import { columnsOf, isUniqueViolation, preparedRowOf } from '@app/platform/database';
import { stillRunning } from '@app/platform/http';
import { currentKeyUse } from '@app/platform/request-context';
import { newExecutionId, scheduledForOf } from '../domain/execution-id.js';
import type { Execution } from '../domain/execution.js';
import { ExecutionEntity } from '../execution.entity.js';
import { GatheredRunsRepository } from './gathered-runs.repository.js';
import { changeOf, type RequestedRun } from './requested-run.js';
import { executeNow, retryNow } from './requested-runs.sql.js';

/** Without an id: nothing was made. */
type MadeRow = (Execution | { readonly id: null }) & {
  /** Not null: the service has started so many in the minute, which is as many as it may. */
  readonly mostRuns: number | null;
  /** Its service stores more than it may. */
  readonly isFull: boolean;
  /** Of the minute. */
  readonly secondsLeft: number;
};

/** Writes what people and services ask for by hand: an execution, who asked, and the answer's id for the request's key. */
@Injectable()
export class RequestedRunsRepository {
  private readonly executeNow: string;
  private readonly retryNow: string;

  constructor(
    @InjectRepository(ExecutionEntity) private readonly executions: Repository<ExecutionEntity>,
    private readonly gathered: GatheredRunsRepository,
  ) {
    const columns = columnsOf(executions.metadata);
    this.executeNow = executeNow(columns);
    this.retryNow = retryNow(columns);
  }

  /**
   * At the first free slot from `now` on: two retries of a schedule's run may come within one millisecond.
   * @returns null: there is no such job
   * @throws ProblemError `quota_exceeded`, and `idempotency_key_in_use`: so slow that another took the request's key over
   */
  async insertNow(run: RequestedRun, now: Date): Promise<Execution | null> {
    return (await this.gathered.insertNow(run, now)) ?? this.insertAlone(run, now);
  }

  private async insertAlone(run: RequestedRun, now: Date): Promise<Execution | null> {
    const row = await this.insertFrom(run, now);
    if (!row) return null;
    if (row.id !== null) return row;
    if (row.isFull) throw storageExceeded();
    if (row.mostRuns !== null) throw runsExceeded(row.mostRuns, row.secondsLeft);
    throw stillRunning();
  }

  /** A slot that is taken fails the whole statement, so that neither a quota nor a key remembers a run that is not there. */
  private async insertFrom(run: RequestedRun, now: Date): Promise<MadeRow | null> {
    for (let at = now.getTime(); ; at += 1) {
      try {
        return await this.insertAt(run, new Date(at));
      } catch (error) {
        if (!isUniqueViolation(error)) throw error;
      }
    }
  }

  private insertAt(run: RequestedRun, scheduledFor: Date): Promise<MadeRow | null> {
    const { service, jobId, repeats } = run;
    const id = newExecutionId(scheduledFor, randomBytes(16));
    const key = currentKeyUse();
    const parameters = [
      id,
      scheduledFor,
      service,
      jobId,
      repeats ? 'retry' : 'manual',
      run.traceparent,
      JSON.stringify(run.parameters),
      run.mayStart,
      JSON.stringify(eventOf(changeOf(run, id))),
      key?.service ?? null,
      key?.key ?? null,
      key?.lock ?? null,
    ];
    const { connection } = this.executions.manager;
    if (!repeats) return preparedRowOf(connection, 'execute', this.executeNow, parameters);
    const original = [repeats.scheduleId, repeats.id, scheduledForOf(repeats.id)];
    return preparedRowOf(connection, 'retry', this.retryNow, [...parameters, ...original]);
  }
}
