import {
  EXECUTION_STATES,
  type ExecutionState,
  isFinal,
  RETRYABLE_STATES,
} from '../../domain/execution-state.js';
import type { Trigger } from '../../domain/execution.js';

export const BULK_ACTIONS = ['cancel', 'retry'] as const;
export type BulkAction = (typeof BULK_ACTIONS)[number];

export const BULK_STATES = ['pending', 'running', 'succeeded', 'failed', 'cancelled'] as const;
export type BulkState = (typeof BULK_STATES)[number];

/** Which executions; as it came, and as it is shown. Every condition that is there must hold. */
export interface BulkFilter {
  /** Any of them. */
  readonly state?: readonly ExecutionState[];
  readonly jobId?: string;
  readonly scheduleId?: string;
  /** Any of them. */
  readonly trigger?: readonly Trigger[];
  /** `scheduledFor` in [from, to), as RFC 3339. */
  readonly from?: string;
  readonly to?: string;
  /** The execution's job has it. */
  readonly tag?: string;
}

/** One action on all executions that fit a filter, performed batch by batch in the background. */
export interface BulkOperation {
  readonly id: string;
  readonly service: string;
  readonly action: BulkAction;
  readonly filter: BulkFilter;
  /** Why, for each execution that is cancelled. */
  readonly reason: string | null;
  readonly state: BulkState;
  /** How many fitted when it was asked for. */
  readonly matched: number;
  readonly done: number;
  /** Where a retry goes on; a cancel finds what is left by itself. */
  readonly afterId: string | null;
  readonly error: string | null;
  readonly createdBy: string;
  /** Else a retry leaves runs of commands alone, also those of jobs that became commands after it was asked for. */
  readonly mayRunCommands: boolean;
  /** Executions made later are none of its business. */
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** The states from which the action is possible. */
export function statesFor(action: BulkAction): readonly ExecutionState[] {
  return action === 'retry' ? RETRYABLE_STATES : EXECUTION_STATES.filter((state) => !isFinal(state));
}

/** Those that fitted when asked, and whose turn came too late: ended, retried already, or left without their job. */
export function skippedOf({ state, matched, done }: BulkOperation): number {
  return state === 'succeeded' ? Math.max(matched - done, 0) : 0;
}
