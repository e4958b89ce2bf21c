import { ProblemError } from '@app/platform/problem';
import type { ExecutionState } from './domain/execution-state.js';

export function executionNotFound(id: string): ProblemError {
  return new ProblemError('not_found', 'execution_not_found', `There is no execution ${id}.`);
}

export function executionFinished(id: string, state: ExecutionState): ProblemError {
  return new ProblemError(
    'conflict',
    'execution_finished',
    `Execution ${id} is ${state} and cannot be cancelled.`,
  );
}

export function executionNotRetryable(id: string, state: ExecutionState): ProblemError {
  const detail = `Execution ${id} is ${state}; only failed, timed_out and cancelled ones can be retried.`;
  return new ProblemError('conflict', 'execution_not_retryable', detail);
}

export function jobOfExecutionDeleted(id: string): ProblemError {
  return new ProblemError(
    'conflict',
    'job_deleted',
    `The job of execution ${id} was deleted; there is nothing to run.`,
  );
}

/** @param most requests that one process holds for the service at once, of which `mostLogs` may follow a log */
export function tooManyHeld(most: number, mostLogs: number): ProblemError {
  return new ProblemError(
    'too_many',
    'too_many_held',
    `This service has too many open requests here: at most ${mostLogs} may follow logs, and ${most} in all may follow logs or wait.`,
    [],
    { retryAfterSeconds: 5 },
  );
}
