/**
 * What a campaign leaves behind: all that the checker knows. Times are epoch ms; target, fault log and database run on one
 * machine and so on one clock. No type here comes from the product.
 */
export interface History {
  readonly schedules: readonly ScheduleModel[];
  readonly arrivals: readonly Arrival[];
  readonly rows: readonly Row[];
  readonly faults: readonly Fault[];
}

/** A schedule as it was asked for over the API, and how its target behaves. */
export interface ScheduleModel {
  readonly scheduleId: string;
  readonly recurrence: RecurrenceModel;
  /** The window of its instants, both ends inclusive. */
  readonly from: number;
  readonly until: number;
  readonly overlap: 'allow' | 'skip';
  readonly deliveryGuarantee: 'at_least_once' | 'at_most_once';
}

export type RecurrenceModel =
  | { readonly type: 'interval'; readonly anchor: number; readonly everyMs: number }
  /** Instants at which a client was told that its run is due. */
  | { readonly type: 'asked'; readonly instants: readonly number[] }
  /** Cron with a step in its seconds or minutes field: the multiples of n within the hour or minute, n a divisor of 60. */
  | { readonly type: 'cron_step'; readonly field: 'second' | 'minute'; readonly step: number };

/** One call that reached the target. */
export interface Arrival {
  readonly executionId: string;
  readonly scheduleId: string;
  readonly scheduledFor: number;
  readonly attempt: number;
  readonly at: number;
  /** When it was answered, or its connection went away; null while neither has happened. */
  readonly endedAt: number | null;
  /** What was answered; null when the caller went away before. */
  readonly status: number | null;
}

/** An execution as the API tells it once everything has come to rest. */
export interface Row {
  readonly executionId: string;
  readonly scheduleId: string | null;
  readonly scheduledFor: number;
  readonly state: string;
  readonly reason: string | null;
  readonly errorType: string | null;
  readonly attempt: number;
  readonly createdAt: number;
  readonly finishedAt: number | null;
  readonly attempts: readonly AttemptRecord[];
}

export interface AttemptRecord {
  readonly attempt: number;
  readonly outcome: string;
}

export interface Fault {
  readonly kind: string;
  /** Which process or server it was done to, for the reader. */
  readonly victim: string;
  readonly from: number;
  readonly until: number;
  /** How long after `until` its consequences may last. */
  readonly recoveryMs: number;
  /** When nothing due was outstanding any more, as the target saw it: from then on nothing may be late again. */
  readonly recoveredAt: number | null;
  /** Whether an instant that falls due meanwhile may be late at all. */
  readonly delaysStarts: boolean;
  /** Whether it can cost a try, so that another try of the same execution is allowed. */
  readonly costsTries: boolean;
}

/** Runs of a job without a schedule are told apart by their job. */
export function askedScheduleOf(jobId: string): string {
  return `asked:${jobId}`;
}

export function isAnsweredWell({ status }: Arrival): boolean {
  return status !== null && status >= 200 && status < 300;
}

const UNFINISHED: readonly string[] = ['pending', 'queued', 'running'];
const RECORDS: readonly string[] = ['skipped', 'missed'];

export function isUnfinished({ state }: Row): boolean {
  return UNFINISHED.includes(state);
}

/** A record of an instant that did not run, rather than a run. */
export function isRecord({ state }: Row): boolean {
  return RECORDS.includes(state);
}

export function slotOf(at: { readonly scheduleId: string | null; readonly scheduledFor: number }): string {
  return `${at.scheduleId} ${at.scheduledFor}`;
}
