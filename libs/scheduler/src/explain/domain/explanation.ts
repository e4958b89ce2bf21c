import type { Execution, ExecutionState } from '@app/executions';
import type { Schedule } from '@app/schedules';

export const VERDICTS = [
  'ran',
  'running',
  'waiting',
  'skipped',
  'missed',
  'upcoming',
  'not_scheduled',
  'not_recorded',
] as const;
export type Verdict = (typeof VERDICTS)[number];

/** What became, or will become, of one instant of a schedule. */
export interface Explanation {
  /** Epoch ms. */
  readonly scheduledFor: number;
  readonly verdict: Verdict;
  /** A slug; null for a run that needs no reason. */
  readonly reason: string | null;
  /** The run, or the record of why there was none, which several instants may share. */
  readonly executionId: string | null;
  readonly state: ExecutionState | null;
  readonly startDelayMs: number | null;
  /** Of a run that has started: where `startDelayMs` went. */
  readonly delays: StartDelays | null;
  /** A sentence for people. */
  readonly message: string;
}

/** The time from `scheduledFor` to the first start, in the order in which it passed. The parts add up to the whole. */
export interface StartDelays {
  readonly jitterMs: number;
  /** Due, but no scheduler had fired it: an outage, a pause, or too much to do. */
  readonly firingMs: number;
  /** Held until the schedule's run before had ended. */
  readonly overlapMs: number;
  /** Held until there was room within the job's `maxConcurrency` or its service's `maxConcurrentRuns`; the dispatch is in it. */
  readonly concurrencyMs: number;
  /** From being ready to run to being in the queue. */
  readonly dispatchMs: number;
  /** In the queue, until a worker was free. */
  readonly queueMs: number;
}

/** A row of history, as far as it explains an instant. */
export type ExecutionRecord = Pick<
  Execution,
  | 'id'
  | 'scheduledFor'
  | 'trigger'
  | 'state'
  | 'reason'
  | 'reasonDetail'
  | 'hold'
  | 'dueAt'
  | 'createdAt'
  | 'queuedAt'
  | 'startedAt'
  | 'finishedAt'
  | 'attempt'
  | 'error'
>;

/** What explains the instants besides their records. */
export interface Circumstances {
  readonly schedule: Schedule;
  readonly job: {
    readonly active: boolean;
    readonly maxConcurrency: number | null;
    /** Until then it may have been inactive; null when it is gone. */
    readonly updatedAt: Date | null;
  };
  readonly service: { readonly maxConcurrentRuns: number | null };
  /** Of this schedule, now. */
  readonly jitterMs: number;
  /** Epoch ms. */
  readonly now: number;
  /** Epoch ms: no record of an instant at this or later is past its retention. */
  readonly keptSince: number;
  /** Names the calendar that excludes an instant; null when none does. */
  readonly calendarAt: (instant: number) => string | null;
}
