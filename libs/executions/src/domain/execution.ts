import type { RunError, RunResult } from '@app/targets';
import type { ExecutionState } from './execution-state.js';

export const TRIGGERS = ['schedule', 'manual', 'retry', 'catchup', 'backfill'] as const;
export type Trigger = (typeof TRIGGERS)[number];

/** Why a due execution is not handed to the queue yet. */
export type Hold = 'concurrency' | 'overlap';

/** One try, as history keeps it. Times are RFC 3339 UTC. */
export interface Attempt {
  readonly attempt: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** `discarded` marks a result that came after the run had been taken from its worker. */
  readonly outcome: 'succeeded' | 'failed' | 'timed_out' | 'cancelled' | 'released' | 'lost' | 'discarded';
  readonly statusCode?: number;
  readonly exitCode?: number | null;
  readonly error: RunError | null;
  readonly workerId: string | null;
}

/** ONE RUN that was asked for, or the record of one that did not happen. */
export interface Execution {
  /** A UUIDv7 whose time is `scheduledFor`: see `execution-id.ts`. */
  readonly id: string;
  readonly scheduledFor: Date;
  readonly service: string;
  readonly jobId: string;
  readonly jobVersion: number;
  readonly scheduleId: string | null;
  readonly trigger: Trigger;
  readonly state: ExecutionState;
  readonly reason: string | null;
  readonly reasonDetail: Readonly<Record<string, unknown>> | null;
  readonly priority: number;
  readonly dueAt: Date;
  readonly hold: Hold | null;
  /** Grows with each hand-over to the queue; fences claim and settle. */
  readonly delivery: number;
  /** Tries so far; never falls, so a target sees each try's own number. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** Tries lost with their worker: they do not count against `maxAttempts`. */
  readonly lostCount: number;
  /** Tries given back, by a worker that shut down or uncalled (`mayGoUncalled`): they do not count either. */
  readonly releasedCount: number;
  readonly sessionId: string | null;
  readonly createdAt: Date;
  readonly queuedAt: Date | null;
  /** When the first attempt started. */
  readonly startedAt: Date | null;
  readonly attemptStartedAt: Date | null;
  readonly finishedAt: Date | null;
  readonly cancelRequestedAt: Date | null;
  /** Who asked first: a principal's actor, or audit's `SCHEDULER_ACTOR`. */
  readonly cancelRequestedBy: string | null;
  readonly cancelReason: string | null;
  /** The worker that holds the run has seen the request. */
  readonly cancelDeliveredAt: Date | null;
  /** The run ended by itself when it was told to. */
  readonly cancelAcknowledgedAt: Date | null;
  /** It had to be killed, or was lost with its worker. */
  readonly cancelForcedAt: Date | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly result: RunResult | null;
  readonly error: RunError | null;
  readonly attempts: readonly Attempt[];
  readonly retryOf: string | null;
  readonly traceparent: string | null;
  /** Of the request that asked for it; null for what the scheduler made. */
  readonly requestId: string | null;
}
