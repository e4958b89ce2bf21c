import type { Execution } from './execution.js';

/** A row to insert. The columns left out have their beginning values in the database. */
export interface NewExecution extends Pick<
  Execution,
  | 'id'
  | 'scheduledFor'
  | 'service'
  | 'jobId'
  | 'jobVersion'
  | 'scheduleId'
  | 'trigger'
  | 'reason'
  | 'reasonDetail'
  | 'priority'
  | 'dueAt'
  | 'hold'
  | 'maxAttempts'
  | 'parameters'
  | 'retryOf'
  | 'traceparent'
> {
  /** `queued` only with room granted by the dispatcher, which then wants it handed over after the commit. */
  readonly state: 'pending' | 'queued' | 'skipped' | 'missed';
}
