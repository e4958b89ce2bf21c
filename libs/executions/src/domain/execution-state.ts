export const EXECUTION_STATES = [
  'pending',
  'queued',
  'running',
  'succeeded',
  'failed',
  'timed_out',
  'cancelled',
  'skipped',
  'missed',
] as const;
export type ExecutionState = (typeof EXECUTION_STATES)[number];

/**
 * The state machine, whole. `pending → queued` is a dispatch, `queued → pending` a message that the queue did not take or a
 * worker put off, `queued → running` a claim, everything that leaves `running` a settle, a release or a rescue. `skipped` and
 * `missed` are written by the scheduler and never change.
 */
const TRANSITIONS: Readonly<Record<ExecutionState, readonly ExecutionState[]>> = {
  pending: ['queued', 'cancelled'],
  queued: ['running', 'pending', 'cancelled'],
  running: ['succeeded', 'failed', 'timed_out', 'cancelled', 'pending'],
  succeeded: [],
  failed: [],
  timed_out: [],
  cancelled: [],
  skipped: [],
  missed: [],
};

export function mayBecome(from: ExecutionState, to: ExecutionState): boolean {
  return TRANSITIONS[from].includes(to);
}

export function isFinal(state: ExecutionState): boolean {
  return TRANSITIONS[state].length === 0;
}

/** The states that `to` can be reached from: what a guarded UPDATE puts behind `state IN (…)`. */
export function statesBefore(to: ExecutionState): readonly ExecutionState[] {
  return EXECUTION_STATES.filter((from) => mayBecome(from, to));
}

/** What a client may ask to run again. */
export const RETRYABLE_STATES: readonly ExecutionState[] = ['failed', 'timed_out', 'cancelled'];

/** `statesBefore(to)` as a SQL list, so that the statement and the state machine cannot differ. */
export function sqlStatesBefore(to: ExecutionState): string {
  return sqlStates(statesBefore(to));
}

/** What stands behind `state IN (…)`. */
export function sqlStates(states: readonly ExecutionState[]): string {
  return states.map((state) => `'${state}'`).join(', ');
}
