import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, LessThan, Repository } from 'typeorm';
import { countOf, type Queryable, rowsOf, type Statement } from '@app/platform/database';
import { newExecutionId, scheduledForOf } from '../domain/execution-id.js';
import { BulkOperationEntity } from './bulk-operation.entity.js';
import * as sql from './bulk-operations.sql.js';
import type { BulkOperation } from './domain/bulk-operation.js';
import type { Selection } from './matching.sql.js';

type NewBulkOperation = Pick<
  BulkOperation,
  'id' | 'service' | 'action' | 'filter' | 'reason' | 'matched' | 'createdBy' | 'mayRunCommands'
>;

/** What one batch came to. */
export interface BatchDone {
  readonly done: number;
  readonly afterId: string | null;
  /** Nothing is left to act on. */
  readonly isLast: boolean;
}

/** Beyond as many runs, those repeated go behind what is due by itself. */
const MANY = 100;

@Injectable()
export class BulkOperationsRepository {
  constructor(
    @InjectRepository(BulkOperationEntity) private readonly operations: Repository<BulkOperationEntity>,
  ) {}

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.operations.manager.transaction(work);
  }

  async insert(tx: EntityManager, operation: NewBulkOperation): Promise<void> {
    await tx.insert(BulkOperationEntity, operation);
  }

  /**
   * An operation on what fits in the eyes of `tx`, if anything does: all that was made until this moment, and not only until
   * `tx` began, as that may have waited for a lock.
   */
  async insertForTheRest(tx: EntityManager, operation: Omit<NewBulkOperation, 'matched'>): Promise<void> {
    const matched = await this.count({ ...operation, createdAt: null, afterId: null }, tx);
    if (matched === 0) return;
    await tx.insert(BulkOperationEntity, { ...operation, matched, createdAt: () => 'clock_timestamp()' });
  }

  find(service: string, id: string): Promise<BulkOperation | null> {
    return this.operations.findOneBy({ id, service });
  }

  /** Newest first, starting below `beforeId`. */
  list(service: string, limit: number, beforeId?: string): Promise<BulkOperation[]> {
    return this.operations.find({
      where: { service, ...(beforeId !== undefined && { id: LessThan(beforeId) }) },
      order: { id: 'DESC' },
      take: limit,
    });
  }

  async count(selection: Selection, db: Queryable = this.operations): Promise<number> {
    const [row] = await this.rows<{ count: number }>(db, sql.countMatching(selection));
    return row?.count ?? 0;
  }

  /** Whether any of them is a run of a command. */
  async hasCommands(selection: Selection): Promise<boolean> {
    return (await this.rows(this.operations, sql.commandsMatching(selection))).length > 0;
  }

  /** @returns whether there was anything left to cancel */
  async cancel(tx: EntityManager, service: string, id: string): Promise<boolean> {
    return (await countOf(tx, sql.CANCEL_OPERATION, [id, service])) > 0;
  }

  /** The next unfinished one that nobody else works on, kept until `tx` ends. */
  async lockNext(tx: EntityManager, except: readonly string[] = []): Promise<BulkOperation | null> {
    const [row] = await rowsOf<{ id: string }>(tx, sql.LOCK_NEXT, [except]);
    return row ? tx.findOneBy(BulkOperationEntity, { id: row.id }) : null;
  }

  async cancelBatch(tx: EntityManager, operation: BulkOperation, limit: number): Promise<BatchDone> {
    const done = (await this.rows(tx, sql.cancelMatching(operation, limit))).length;
    const isLast = done < limit && (await this.rows(tx, sql.anyMatching(operation))).length === 0;
    return { done, afterId: null, isLast };
  }

  /** @param now the instant that the repetitions are of */
  async retryBatch(
    tx: EntityManager,
    operation: BulkOperation,
    limit: number,
    now: Date,
  ): Promise<BatchDone> {
    const picked = (await this.rows<{ id: string }>(tx, sql.pickRetryable(operation, limit))).map(
      ({ id }) => id,
    );
    const repetitions = await rowsOf(tx, sql.RETRY_PICKED, [
      picked,
      picked.map(scheduledForOf),
      picked.map(() => newExecutionId(now, randomBytes(16))),
      now,
      operation.matched > MANY,
      operation.mayRunCommands,
    ]);
    return { done: repetitions.length, afterId: picked.at(-1) ?? null, isLast: picked.length < limit };
  }

  async recordProgress(tx: EntityManager, id: string, { done, afterId, isLast }: BatchDone): Promise<void> {
    await tx.query(sql.RECORD_PROGRESS, [id, done, afterId, isLast]);
  }

  async fail(id: string, error: string): Promise<void> {
    await this.operations.query(sql.FAIL_OPERATION, [id, error]);
  }

  async postpone(tx: EntityManager, id: string): Promise<void> {
    await tx.query(sql.POSTPONE_OPERATION, [id]);
  }

  async prune(retentionDays: number): Promise<void> {
    await this.operations.query(sql.PRUNE_OPERATIONS, [retentionDays]);
  }

  private rows<Row>(db: Queryable, statement: Statement): Promise<Row[]> {
    return rowsOf<Row>(db, statement.sql, statement.parameters);
  }
}
