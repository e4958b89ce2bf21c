import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import type { EntityManager, Repository } from 'typeorm';
import type { OwnedJob } from '@app/jobs';
import { columnsOf, countOf, preparedRowOf, rowsOf } from '@app/platform/database';
import { scheduledForOf } from './domain/execution-id.js';
import type { Execution } from './domain/execution.js';
import type { NewExecution } from './domain/new-execution.js';
import { isInLowPriorityLane, LOWEST_PRIORITY } from './domain/priority-lanes.js';
import { ExecutionEntity } from './execution.entity.js';
import * as dispatch from './dispatch.sql.js';
import * as sql from './executions.sql.js';
import { type DelayPart, observeDelay } from './start-delay-metrics.js';
import { insertBatches } from './insert-batches.js';

/** An execution handed to the queue, as `dispatch` returns it. */
export interface Dispatched {
  readonly id: string;
  readonly delivery: number;
  readonly service: string;
  readonly priority: number;
  /** To be run alone in its process. */
  readonly isolated?: boolean;
}

/** One that Postgres believes to be in the queue. */
export type Queued = Pick<Dispatched, 'id' | 'delivery'>;

interface Waited {
  /** Since it was due. */
  readonly waitedSeconds: number;
}

export interface DispatchRound {
  readonly dispatched: Dispatched[];
  /** Rows looked at: as many as the limit means that more may be due. */
  readonly seen: number;
}

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

/** Reads, and what the api and the scheduler write; what a worker writes is in `worker/claims.repository.ts`. */
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

  /** pending → queued, for up to `limit` due executions that nothing holds. */
  dispatchDue(limit: number): Promise<DispatchRound> {
    return this.dispatch(dispatch.DISPATCH_DUE, [limit]);
  }

  /** The same, an equal share for each service. @param except services that have theirs in the queue already */
  dispatchShares(limit: number, except: readonly string[]): Promise<DispatchRound> {
    return this.dispatch(dispatch.DISPATCH_SHARES, [limit, except]);
  }

  /** pending → queued, for what waited for room within its job's `maxConcurrency` or its service's. */
  async dispatchHeld(limit: number, except: readonly string[] = []): Promise<Dispatched[]> {
    if ((await rowsOf(this.executions, dispatch.FIRST_ON_HOLD)).length === 0) return [];
    return this.executions.manager.transaction(async (tx) => {
      observeAll('overlap_wait', await rowsOf<Waited>(tx, dispatch.RELEASE_OVERLAP_HOLDS));
      const jobs = await rowsOf<{ id: string }>(tx, dispatch.LOCK_JOBS_ON_HOLD, [except]);
      if (jobs.length === 0) return [];
      const jobIds = jobs.map((job) => job.id);
      const services = await rowsOf<{ slug: string }>(tx, dispatch.LOCK_LIMITED_SERVICES, [jobIds]);
      const slugs = services.map((service) => service.slug);
      const held = await rowsOf<Dispatched & Waited>(tx, dispatch.DISPATCH_HELD, [jobIds, slugs, limit]);
      observeAll('concurrency_wait', held);
      return held;
    });
  }

  /** queued → pending, for a hand-over that the queue refused. */
  takeBack(refused: readonly Dispatched[]): Promise<number> {
    return countOf(this.executions, dispatch.TAKE_BACK, deliveriesOf(refused));
  }

  /** @returns how long until the next execution that waits comes due, in ms; null when none will */
  async untilDueMs(): Promise<number | null> {
    const [row] = await rowsOf<{ untilDueMs: number | null }>(this.executions, dispatch.UNTIL_DUE, [
      LOWEST_PRIORITY,
    ]);
    return row?.untilDueMs ?? null;
  }

  async isAnyQueuedBefore(ageMs: number): Promise<boolean> {
    return (await rowsOf(this.executions, dispatch.IS_ANY_QUEUED_LONG, [ageMs])).length > 0;
  }

  /** All of them: as many as the queue may hold, which is some 160,000. */
  queuedBefore(ageMs: number): Promise<Queued[]> {
    return rowsOf(this.executions, dispatch.QUEUED_BEFORE, [ageMs]);
  }

  stillQueued(rows: readonly Queued[]): Promise<Dispatched[]> {
    return rowsOf(this.executions, dispatch.STILL_QUEUED, deliveriesOf(rows));
  }

  /** One worker at a time brings the queue back in line. @returns null when another one is at it */
  async reconcileAlone<T>(work: () => Promise<T>): Promise<T | null> {
    return this.executions.manager.transaction(async (tx) => {
      const [lock] = await rowsOf<{ ours: boolean }>(tx, dispatch.TRY_RECONCILE_LOCK);
      return lock?.ours ? work() : null;
    });
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

  private async dispatch(statement: string, parameters: unknown[]): Promise<DispatchRound> {
    const rows = await rowsOf<Dispatched & Waited & { state: string }>(
      this.executions,
      statement,
      parameters,
    );
    const dispatched = rows.filter((row) => row.state === 'queued');
    observeAll(
      'dispatch_wait',
      dispatched.filter(({ priority }) => !isInLowPriorityLane(priority)),
    );
    return { dispatched, seen: rows.length };
  }
}

/** A list a column: id, instant, delivery. */
function deliveriesOf(rows: readonly Queued[]): unknown[] {
  return [rows.map((r) => r.id), rows.map((r) => scheduledForOf(r.id)), rows.map((r) => r.delivery)];
}

function observeAll(part: DelayPart, rows: readonly Waited[]): void {
  for (const { waitedSeconds } of rows) observeDelay(part, waitedSeconds);
}
