import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { countOf, rowsOf } from '@app/platform/database';
import * as sql from './dispatch.sql.js';
import { scheduledForOf } from '../domain/execution-id.js';
import { LOWEST_PRIORITY } from '../domain/priority-lanes.js';

/** An execution that is stored as queued, and so to be handed to the queue. */
export interface Dispatched {
  readonly id: string;
  readonly delivery: number;
  readonly service: string;
  readonly priority: number;
  /** To be run alone in its process. */
  readonly isolated?: boolean;
}

export interface Waited {
  /** Since it was due. */
  readonly waitedSeconds: number;
}

export interface DispatchRound {
  readonly dispatched: readonly (Dispatched & Waited)[];
  /** Rows looked at: as many as the limit means that more may be due. */
  readonly seen: number;
}

export interface HeldRound {
  /** What had room. */
  readonly dispatched: readonly (Dispatched & Waited)[];
  /** What was held for an earlier run of its schedule: due like any other now. */
  readonly released: readonly Waited[];
}

/** One that Postgres believes to be in the queue. */
export type Queued = Pick<Dispatched, 'id' | 'delivery'>;

/** What is to go into the queue, and what should be there. */
@Injectable()
export class DispatchRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** pending → queued, for up to `limit` due executions that nothing holds. */
  dispatchDue(limit: number): Promise<DispatchRound> {
    return this.dispatch(sql.DISPATCH_DUE, [limit]);
  }

  /** The same, an equal share for each service. @param except services that have theirs in the queue already */
  dispatchShares(limit: number, except: readonly string[]): Promise<DispatchRound> {
    return this.dispatch(sql.DISPATCH_SHARES, [limit, except]);
  }

  /** pending → queued, for what waited for room within its job's `maxConcurrency` or its service's. */
  async dispatchHeld(limit: number, except: readonly string[] = []): Promise<HeldRound> {
    if ((await rowsOf(this.dataSource, sql.FIRST_ON_HOLD)).length === 0)
      return { dispatched: [], released: [] };
    return this.dataSource.transaction(async (tx) => {
      const released = await rowsOf<Waited>(tx, sql.RELEASE_OVERLAP_HOLDS);
      const jobs = await rowsOf<{ id: string }>(tx, sql.LOCK_JOBS_ON_HOLD, [except]);
      if (jobs.length === 0) return { dispatched: [], released };
      const jobIds = jobs.map(({ id }) => id);
      const services = await rowsOf<{ slug: string }>(tx, sql.LOCK_LIMITED_SERVICES, [jobIds]);
      const slugs = services.map(({ slug }) => slug);
      return { dispatched: await rowsOf(tx, sql.DISPATCH_HELD, [jobIds, slugs, limit]), released };
    });
  }

  /** queued → pending, for a hand-over that the queue refused. */
  takeBack(refused: readonly Dispatched[]): Promise<number> {
    return countOf(this.dataSource, sql.TAKE_BACK, deliveriesOf(refused));
  }

  /** @returns how long until the next execution that waits comes due, in ms; null when none will */
  async untilDueMs(): Promise<number | null> {
    const [row] = await rowsOf<{ untilDueMs: number | null }>(this.dataSource, sql.UNTIL_DUE, [
      LOWEST_PRIORITY,
    ]);
    return row?.untilDueMs ?? null;
  }

  async isAnyQueuedBefore(ageMs: number): Promise<boolean> {
    return (await rowsOf(this.dataSource, sql.IS_ANY_QUEUED_BEFORE, [ageMs])).length > 0;
  }

  /** All of them: as many as the queue may hold, which is some 160,000. */
  queuedBefore(ageMs: number): Promise<Queued[]> {
    return rowsOf(this.dataSource, sql.QUEUED_BEFORE, [ageMs]);
  }

  stillQueued(rows: readonly Queued[]): Promise<Dispatched[]> {
    return rowsOf(this.dataSource, sql.STILL_QUEUED, deliveriesOf(rows));
  }

  /** One worker at a time brings the queue back in line. @returns null when another one is at it */
  async reconcileAlone<T>(work: () => Promise<T>): Promise<T | null> {
    return this.dataSource.transaction(async (tx) => {
      const [lock] = await rowsOf<{ ours: boolean }>(tx, sql.TRY_RECONCILE_LOCK);
      return lock?.ours ? work() : null;
    });
  }

  private async dispatch(statement: string, parameters: unknown[]): Promise<DispatchRound> {
    const rows = await rowsOf<Dispatched & Waited & { state: string }>(
      this.dataSource,
      statement,
      parameters,
    );
    return { dispatched: rows.filter(({ state }) => state === 'queued'), seen: rows.length };
  }
}

/** A list a column: id, instant, delivery. */
function deliveriesOf(rows: readonly Queued[]): unknown[] {
  return [rows.map((r) => r.id), rows.map((r) => scheduledForOf(r.id)), rows.map((r) => r.delivery)];
}
