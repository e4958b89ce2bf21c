/** What a client reads out of the contract's §2; no import of the product, whose own types may be wrong. */
export interface Job {
  readonly id: string;
  readonly name: string;
  readonly active: boolean;
  readonly version: number;
  readonly updatedAt: string;
}

export interface Schedule {
  readonly id: string;
  readonly jobId: string;
  readonly active: boolean;
  readonly pauseReason: string | null;
  readonly nextRunAt: string | null;
  readonly lastRunAt: string | null;
  readonly runCount: number;
  readonly version: number;
}

export interface Execution {
  readonly id: string;
  readonly jobId: string;
  readonly scheduleId: string | null;
  readonly trigger: string;
  readonly state: string;
  readonly reason: string | null;
  readonly reasonDetail: Readonly<Record<string, unknown>> | null;
  readonly scheduledFor: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly startDelayMs: number | null;
  readonly attempt: number;
  readonly result: {
    statusCode?: number;
    exitCode?: number | null;
    output: string;
    truncated: boolean;
  } | null;
  readonly error: { type: string; message: string } | null;
  readonly retryOf: string | null;
  readonly cancellation: {
    readonly requestedAt: string;
    readonly requestedBy: string | null;
    readonly reason: string | null;
    readonly deliveredAt: string | null;
    readonly acknowledgedAt: string | null;
    readonly forcedAt: string | null;
  } | null;
  readonly attempts: readonly {
    readonly attempt: number;
    readonly startedAt: string;
    readonly finishedAt: string;
    readonly outcome: string;
    readonly statusCode?: number;
  }[];
}

export interface LogLine {
  readonly seq: number;
  readonly attempt: number;
  readonly stream: string;
  readonly at: string;
  readonly text: string;
}

const keys = (text: string): string[] => text.split(/\s+/);

export const JOB_KEYS = keys(
  'id service name description tags target parameters retryPolicy timeoutMs priority maxConcurrency ' +
    'deliveryGuarantee active version createdAt updatedAt',
);

export const SCHEDULE_KEYS = keys(
  'id jobId type cronExpression intervalSeconds runAt timezone startAt endAt parameters jitterSeconds overlapPolicy ' +
    'misfirePolicy misfireGraceSeconds catchupWindowSeconds maxCatchup dstGap dstOverlap maxRuns calendars active ' +
    'pauseReason nextRunAt lastRunAt runCount version createdAt updatedAt',
);

/** The contract's, and three that say more of what it asks for: why a run waits, was skipped, or is being cancelled. */
export const LISTED_EXECUTION_KEYS = keys(
  'id jobId jobVersion scheduleId trigger state reason scheduledFor createdAt queuedAt startedAt finishedAt durationMs ' +
    'startDelayMs attempt maxAttempts parameters result error retryOf reasonDetail hold cancelRequestedAt',
);

export const EXECUTION_KEYS = [...LISTED_EXECUTION_KEYS, 'attempts', 'cancellation', 'traceId'];

export const PROBLEM_KEYS = keys('type title status detail instance code requestId errors');

export const UUID_V7 = /^[\da-f]{8}-[\da-f]{4}-7[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
export const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A UUIDv7 that nothing has. */
export const UNKNOWN_ID = '01900000-0000-7000-8000-000000000000';

export function sortedKeysOf(value: unknown): string[] {
  return Object.keys(value as object).sort();
}
