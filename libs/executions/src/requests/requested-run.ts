import type { Change } from '@app/audit';
import type { Execution } from '../domain/execution.js';

/** A run that somebody asked for. */
export interface RequestedRun {
  readonly service: string;
  readonly jobId: string;
  /** Merged over the job's; a repetition has those of what it repeats. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly traceparent: string | null;
  /** What it repeats; null = nothing, it is a new one. */
  readonly repeats: Pick<Execution, 'id' | 'scheduleId'> | null;
  /** Stored as queued where the job has no limit: its caller has a place in the queue and hands it over. */
  readonly mayStart: boolean;
}

/** @param made the execution's id */
export function changeOf({ service, jobId, repeats }: RequestedRun, made: string): Change {
  return repeats
    ? { service, action: 'execution.retried', resourceId: repeats.id, after: { jobId, retriedAs: made } }
    : { service, action: 'execution.requested', resourceId: made, after: { jobId } };
}
