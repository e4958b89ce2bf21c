import { ProblemError, validationProblem } from '@app/platform/problem';
import { type BulkAction, type BulkState, statesFor } from './domain/bulk-operation.js';

/** Unknown, of another service, or not a UUID: a client learns no difference. */
export function bulkOperationNotFound(id: string): ProblemError {
  return new ProblemError('not_found', 'bulk_operation_not_found', `There is no bulk operation ${id}.`);
}

export function bulkOperationFinished(id: string, state: BulkState): ProblemError {
  const detail = `Bulk operation ${id} is ${state} and cannot be cancelled.`;
  return new ProblemError('conflict', 'bulk_operation_finished', detail);
}

export function bulkOperationOfScheduler(id: string): ProblemError {
  const detail = `Bulk operation ${id} ends the runs of a deleted job and cannot be cancelled.`;
  return new ProblemError('conflict', 'bulk_operation_of_scheduler', detail);
}

/** @param index where in the list the state stands */
export function stateNotForAction(action: BulkAction, index: number): ProblemError {
  const detail = `state must be one that a ${action} is possible from: ${statesFor(action).join(', ')}`;
  return validationProblem([{ pointer: `/filter/state/${index}`, code: 'state_not_for_action', detail }]);
}
