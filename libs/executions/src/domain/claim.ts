import type { Job } from '@app/jobs';
import type { Execution } from './execution.js';

type ExecutionFacts = Pick<
  Execution,
  | 'id'
  | 'scheduledFor'
  | 'service'
  | 'jobId'
  | 'scheduleId'
  | 'trigger'
  | 'priority'
  | 'delivery'
  | 'attempt'
  | 'maxAttempts'
  | 'lostCount'
  | 'releasedCount'
  | 'retryOf'
  | 'parameters'
  | 'traceparent'
  | 'requestId'
  | 'dueAt'
  | 'queuedAt'
>;
type JobFacts = Pick<Job, 'target' | 'retryPolicy' | 'timeoutMs' | 'deliveryGuarantee'>;

/** What a worker holds once an execution is its own: all it needs to run it, decide, and settle. */
export interface Claim extends ExecutionFacts, JobFacts {
  readonly jobName: string;
  /** When the first attempt started. */
  readonly startedAt: Date;
  /** The database's clock at the claim. */
  readonly attemptStartedAt: Date;
  readonly sessionId: string;
}

/** Tries that count against `maxAttempts`: those lost with a worker or released by one do not. */
export function attemptsSpent(claim: Pick<Claim, 'attempt' | 'lostCount' | 'releasedCount'>): number {
  return claim.attempt - claim.lostCount - claim.releasedCount;
}

/** After this many it is called even if its host seems away. */
const UNCALLED_LIMIT = 5;

/** Whether it may be given back uncalled while its host is away: each time counts as a release, so that it ends. */
export function mayGoUncalled({ releasedCount }: Pick<Claim, 'releasedCount'>): boolean {
  return releasedCount < UNCALLED_LIMIT;
}
