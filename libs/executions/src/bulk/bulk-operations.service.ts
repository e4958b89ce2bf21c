import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import { type Change, recordChange, SCHEDULER_ACTOR } from '@app/audit';
import { Clock, newTimeOrderedId } from '@app/platform/clock';
import {
  bulkOperationFinished,
  bulkOperationNotFound,
  bulkOperationOfScheduler,
  stateNotForAction,
} from './bulk-operations.errors.js';
import { BulkOperationsRepository } from './bulk-operations.repository.js';
import { type BulkOperation, statesFor } from './domain/bulk-operation.js';

type Asked = Pick<BulkOperation, 'service' | 'action' | 'filter'>;

/** Cancels and retries of all executions that fit a filter: asked for here, performed by the workers. */
@Injectable()
export class BulkOperationsService {
  constructor(
    private readonly operations: BulkOperationsRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * How many executions it would act on now.
   * @throws ProblemError invalid, where the action is not possible from a state of the filter
   */
  count(asked: Asked): Promise<number> {
    const wrong = (asked.filter.state ?? []).findIndex((state) => !statesFor(asked.action).includes(state));
    if (wrong >= 0) throw stateNotForAction(asked.action, wrong);
    return this.operations.count({ ...asked, createdAt: null, afterId: null });
  }

  /** Whether it would act on runs of commands now. */
  hasCommands(asked: Asked): Promise<boolean> {
    return this.operations.hasCommands({ ...asked, createdAt: null, afterId: null });
  }

  /** @throws as `count` does */
  async start(
    asked: Asked & Pick<BulkOperation, 'reason' | 'createdBy' | 'mayRunCommands'>,
  ): Promise<BulkOperation> {
    const id = newTimeOrderedId(this.clock.now());
    const matched = await this.count(asked);
    await this.operations.transaction(async (tx) => {
      await this.operations.insert(tx, { ...asked, id, matched });
      await recordChange(tx, startOf({ ...asked, matched }, id));
    });
    return this.get(asked.service, id);
  }

  /** @throws ProblemError `bulk_operation_not_found` */
  async get(service: string, id: string): Promise<BulkOperation> {
    const operation = isUuid(id) ? await this.operations.find(service, id) : null;
    if (!operation) throw bulkOperationNotFound(id);
    return operation;
  }

  /** Newest first. */
  list(service: string, limit: number, beforeId?: string): Promise<BulkOperation[]> {
    return this.operations.list(service, limit, beforeId);
  }

  /**
   * Ends it where it is: what its batches have done so far stays done.
   * @throws ProblemError `bulk_operation_not_found`, `bulk_operation_finished`, `bulk_operation_of_scheduler`
   */
  async cancel(service: string, id: string): Promise<BulkOperation> {
    const { createdBy } = await this.get(service, id);
    if (createdBy === SCHEDULER_ACTOR) throw bulkOperationOfScheduler(id);
    const cancelled = await this.operations.transaction(async (tx) => {
      const isEnded = await this.operations.cancel(tx, service, id);
      if (isEnded) {
        const after = { state: 'cancelled' };
        await recordChange(tx, { service, action: 'bulk_operation.cancelled', resourceId: id, after });
      }
      return isEnded;
    });
    const after = await this.get(service, id);
    if (!cancelled) throw bulkOperationFinished(id, after.state);
    return after;
  }
}

function startOf(asked: Asked & Pick<BulkOperation, 'reason' | 'createdBy' | 'matched'>, id: string): Change {
  const { service, createdBy: actor, reason, action, filter, matched } = asked;
  const after = { action, filter, matched };
  return { service, actor, reason, action: 'bulk_operation.started', resourceId: id, after };
}
