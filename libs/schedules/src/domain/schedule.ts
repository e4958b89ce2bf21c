export type ScheduleType = 'cron' | 'interval' | 'one_time';
export type OverlapPolicy = 'skip' | 'allow' | 'buffer_one' | 'buffer_all' | 'cancel_running';
export type MisfirePolicy = 'fire_once' | 'skip' | 'fire_all';
/** What a resume does about the instants of the pause. */
export type Catchup = 'none' | 'last' | 'all';
export type DstGap = 'next_valid' | 'skip';
export type DstOverlap = 'first' | 'second' | 'both';

/** WHEN a job runs: the stored row. `scheduleSpecOf` gives the union that the recurrence engine works on. */
export interface Schedule {
  readonly id: string;
  readonly service: string;
  readonly jobId: string;
  readonly type: ScheduleType;
  readonly cronExpression: string | null;
  readonly intervalSeconds: number | null;
  readonly runAt: Date | null;
  /** Instants of an interval are `anchorAt + k · interval`. */
  readonly anchorAt: Date;
  readonly timezone: string;
  readonly startAt: Date | null;
  readonly endAt: Date | null;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly jitterSeconds: number;
  readonly overlapPolicy: OverlapPolicy;
  readonly misfirePolicy: MisfirePolicy;
  readonly misfireGraceSeconds: number;
  readonly catchupWindowSeconds: number;
  readonly maxCatchup: number;
  readonly dstGap: DstGap;
  readonly dstOverlap: DstOverlap;
  readonly maxRuns: number | null;
  readonly calendars: readonly string[];
  readonly active: boolean;
  readonly pauseReason: string | null;
  readonly pausedAt: Date | null;
  /** Set by a resume, used up by the next firing: it stands in for the misfire policy once. */
  readonly catchupOverride: Catchup | null;
  /** The next nominal instant; null when nothing is to come. Jitter is not in it. */
  readonly nextRunAt: Date | null;
  readonly lastRunAt: Date | null;
  readonly runCount: number;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
