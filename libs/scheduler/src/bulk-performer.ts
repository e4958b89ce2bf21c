import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RunAllowances } from '@app/access';
import { type BulkOperation, BulkOperationsRepository, ExecutionDispatcher } from '@app/executions';
import { Clock } from '@app/platform/clock';
import { isPassingFailure } from '@app/platform/database';

/** One transaction each: what a worker that dies had not committed, another does again. */
const BATCH = 1_000;
/** Bounds a round, so that a worker that shuts down is not held up; the next round goes on. */
const MAX_BATCHES = 20;

interface Performed {
  readonly id: string;
  readonly done: number;
  /** For its service's next minute. */
  readonly waits: boolean;
}

/** Performs bulk operations, a batch at a time; several workers work on several of them. */
@Injectable()
export class BulkPerformer {
  private readonly logger = new Logger(BulkPerformer.name);

  constructor(
    private readonly operations: BulkOperationsRepository,
    private readonly dispatcher: ExecutionDispatcher,
    private readonly clock: Clock,
  ) {}

  /** @returns how many executions were acted on */
  async performOpen(batchSize: number = BATCH): Promise<number> {
    let total = 0;
    const waiting: string[] = [];
    for (let batches = 0; batches < MAX_BATCHES; batches++) {
      const batch = await this.performBatch(batchSize, waiting);
      if (batch === null) break;
      total += batch.done;
      if (batch.waits) waiting.push(batch.id);
    }
    // Repetitions are due at once, and cancelled runs make room for others of their jobs.
    if (total > 0) this.dispatcher.nudge();
    return total;
  }

  /** @param waiting operations that this round leaves alone @returns null when there is nothing to perform */
  private async performBatch(batchSize: number, waiting: readonly string[]): Promise<Performed | null> {
    let operation: BulkOperation | null = null;
    try {
      return await this.operations.transaction(async (tx) => {
        operation = await this.operations.lockNext(tx, waiting);
        return operation && (await this.act(tx, operation, batchSize));
      });
    } catch (error) {
      if (operation) await this.afterFailure(operation, error as Error);
      else throw error;
      return null;
    }
  }

  private async act(tx: EntityManager, operation: BulkOperation, batchSize: number): Promise<Performed> {
    if (operation.action === 'retry') return this.retry(tx, operation, batchSize);
    const batch = await this.operations.cancelBatch(tx, operation, batchSize);
    await this.operations.recordProgress(tx, operation.id, batch);
    return { id: operation.id, done: batch.done, waits: false };
  }

  /** As many as the service may start within the minute; the rest waits for the next. */
  private async retry(tx: EntityManager, operation: BulkOperation, batchSize: number): Promise<Performed> {
    const { id, service } = operation;
    const allowances = await RunAllowances.lock(tx, [service]);
    const left = allowances.of(service)?.left ?? Infinity;
    if (left === 0) {
      await this.operations.postpone(tx, id);
      return { id, done: 0, waits: true };
    }
    const batch = await this.operations.retryBatch(
      tx,
      operation,
      Math.min(batchSize, left),
      this.clock.now(),
    );
    allowances.take(service, batch.done);
    await allowances.store(tx);
    await this.operations.recordProgress(tx, id, batch);
    return { id, done: batch.done, waits: false };
  }

  /** A database that is away or busy will be back; anything else would fail for ever. */
  private async afterFailure({ id, action }: BulkOperation, error: Error): Promise<void> {
    this.logger.warn(`bulk ${action} ${id}: ${error.message}`);
    if (isPassingFailure(error)) await this.operations.transaction((tx) => this.operations.postpone(tx, id));
    else await this.operations.fail(id, 'the scheduler failed to perform it; its log has the details');
  }
}
