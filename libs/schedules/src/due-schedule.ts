import type { Schedule } from './domain/schedule.js';

export interface DueSchedule {
  readonly schedule: Schedule;
  readonly job: DueJob;
}

/** What an execution takes over from its job. */
export interface DueJob {
  readonly id: string;
  readonly version: number;
  /** False for a deleted job too. */
  readonly active: boolean;
  readonly priority: number;
  readonly maxAttempts: number;
  /** By its own maxConcurrency or its service's: whether one more may run is counted under a lock. */
  readonly isLimited: boolean;
  /** By its service's maxRunsPerMinute: its runs are counted under a lock as well. */
  readonly isMetered: boolean;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly service: string;
}

/** A row of LOCK_DUE: the schedule's columns under its own names, the job's beside them. */
export interface DueRow extends Schedule, JobRow {
  readonly now: Date;
  readonly lockedCount: number;
}

/** Schedules that are due, locked. */
export interface LockedSchedules {
  /** The database's. */
  readonly now: Date;
  readonly due: DueSchedule[];
  /** More are locked, and due, than could be read at a time. */
  readonly more: boolean;
}

/** A row of DUE_JOB, and a part of LOCK_DUE. */
export interface JobRow {
  readonly jobId: string;
  readonly jobVersion: number;
  readonly jobActive: boolean;
  readonly jobPriority: number;
  readonly jobMaxAttempts: number;
  readonly jobIsLimited: boolean;
  readonly jobIsMetered: boolean;
  readonly jobParameters: Readonly<Record<string, unknown>>;
  readonly jobService: string;
}

/** The row is the schedule as it stands: copying 33 columns thousands of times a second would show. */
export function dueScheduleOf(row: DueRow): DueSchedule {
  return { schedule: row, job: dueJobOf(row) };
}

export function dueJobOf(row: JobRow): DueJob {
  return {
    id: row.jobId,
    version: row.jobVersion,
    active: row.jobActive,
    priority: row.jobPriority,
    maxAttempts: row.jobMaxAttempts,
    isLimited: row.jobIsLimited,
    isMetered: row.jobIsMetered,
    parameters: row.jobParameters,
    service: row.jobService,
  };
}
