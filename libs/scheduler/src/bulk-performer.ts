import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  type BatchDone,
  type BulkOperation,
  BulkOperationsRepository,
  ExecutionDispatcher,
} from '@app/executions';
import { Clock } from '@app/platform/clock';
import { isPassingFailure } from '@app/platform/database';

/** One transaction each: what a worker that dies had not committed, another does again. */
const BATCH = 1_000;
/** Bounds a round, so that a worker that shuts down is not held up; the next round goes on. */
const MAX_BATCHES = 20;

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
    for (let batches = 0; batches < MAX_BATCHES; batches++) {
      const done = await this.performBatch(batchSize);
      if (done === null) break;
      total += done;
    }
    // Repetitions are due at once, and cancelled runs make room for others of their jobs.
    if (total > 0) this.dispatcher.nudge();
    return total;
  }

  /** @returns null when there is nothing to perform */
  private async performBatch(batchSize: number): Promise<number | null> {
    let operation: BulkOperation | null = null;
    try {
      return await this.operations.transaction(async (tx) => {
        operation = await this.operations.lockNext(tx);
        return operation && (await this.act(tx, operation, batchSize)).done;
      });
    } catch (error) {
      if (operation) await this.afterFailure(operation, error as Error);
      else throw error;
      return null;
    }
  }

  private async act(tx: EntityManager, operation: BulkOperation, batchSize: number): Promise<BatchDone> {
    const batch =
      operation.action === 'cancel'
        ? await this.operations.cancelBatch(tx, operation, batchSize)
        : await this.operations.retryBatch(tx, operation, batchSize, this.clock.now());
    await this.operations.recordProgress(tx, operation.id, batch);
    return batch;
  }

  /** A database that is away or busy will be back; anything else would fail for ever. */
  private async afterFailure({ id, action }: BulkOperation, error: Error): Promise<void> {
    this.logger.warn(`bulk ${action} ${id}: ${error.message}`);
    if (isPassingFailure(error)) await this.operations.postpone(id);
    else await this.operations.fail(id, 'the scheduler failed to perform it; its log has the details');
  }
}
