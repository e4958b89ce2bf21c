import { Column, Entity, PrimaryColumn } from 'typeorm';
import type {
  Catchup,
  Schedule,
  DstGap,
  DstOverlap,
  MisfirePolicy,
  OverlapPolicy,
  ScheduleType,
} from './domain/schedule.js';

@Entity('schedules')
export class ScheduleEntity implements Schedule {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  service!: string;

  @Column('uuid', { name: 'job_id' })
  jobId!: string;

  @Column('text')
  type!: ScheduleType;

  @Column('text', { name: 'cron_expression', nullable: true })
  cronExpression!: string | null;

  @Column('integer', { name: 'interval_seconds', nullable: true })
  intervalSeconds!: number | null;

  @Column('timestamp with time zone', { name: 'run_at', precision: 3, nullable: true })
  runAt!: Date | null;

  @Column('timestamp with time zone', { name: 'anchor_at', precision: 3 })
  anchorAt!: Date;

  @Column('text')
  timezone!: string;

  @Column('timestamp with time zone', { name: 'start_at', precision: 3, nullable: true })
  startAt!: Date | null;

  @Column('timestamp with time zone', { name: 'end_at', precision: 3, nullable: true })
  endAt!: Date | null;

  @Column('jsonb')
  parameters!: Record<string, unknown>;

  @Column('integer', { name: 'jitter_seconds' })
  jitterSeconds!: number;

  @Column('text', { name: 'overlap_policy' })
  overlapPolicy!: OverlapPolicy;

  @Column('text', { name: 'misfire_policy' })
  misfirePolicy!: MisfirePolicy;

  @Column('integer', { name: 'misfire_grace_seconds' })
  misfireGraceSeconds!: number;

  @Column('integer', { name: 'catchup_window_seconds' })
  catchupWindowSeconds!: number;

  @Column('integer', { name: 'max_catchup' })
  maxCatchup!: number;

  @Column('text', { name: 'dst_gap' })
  dstGap!: DstGap;

  @Column('text', { name: 'dst_overlap' })
  dstOverlap!: DstOverlap;

  @Column('integer', { name: 'max_runs', nullable: true })
  maxRuns!: number | null;

  @Column('text', { array: true })
  calendars!: string[];

  @Column('boolean')
  active!: boolean;

  @Column('text', { name: 'pause_reason', nullable: true })
  pauseReason!: string | null;

  @Column('timestamp with time zone', { name: 'paused_at', precision: 3, nullable: true })
  pausedAt!: Date | null;

  @Column('text', { name: 'catchup_override', nullable: true })
  catchupOverride!: Catchup | null;

  @Column('timestamp with time zone', { name: 'next_run_at', precision: 3, nullable: true })
  nextRunAt!: Date | null;

  @Column('timestamp with time zone', { name: 'last_run_at', precision: 3, nullable: true })
  lastRunAt!: Date | null;

  @Column('integer', { name: 'run_count' })
  runCount!: number;

  @Column('integer')
  version!: number;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 })
  updatedAt!: Date;
}
