import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Service } from './domain/service.js';

/** A bigint comes as text; the request's rule keeps it within what a number holds. */
const BIGINT = {
  from: (stored: string | null) => (stored === null ? null : Number(stored)),
  to: (value: number | null) => value,
};

@Entity('services')
export class ServiceEntity implements Service {
  @PrimaryColumn('text')
  slug!: string;

  @Column('text')
  name!: string;

  @Column('integer', { name: 'max_jobs', nullable: true })
  maxJobs!: number | null;

  @Column('integer', { name: 'max_schedules', nullable: true })
  maxSchedules!: number | null;

  @Column('integer', { name: 'min_interval_seconds', nullable: true })
  minIntervalSeconds!: number | null;

  @Column('integer', { name: 'max_runs_per_minute', nullable: true })
  maxRunsPerMinute!: number | null;

  @Column('integer', { name: 'max_concurrent_runs', nullable: true })
  maxConcurrentRuns!: number | null;

  @Column('bigint', { name: 'max_stored_bytes', nullable: true, transformer: BIGINT })
  maxStoredBytes!: number | null;

  @Column('integer', { name: 'succeeded_retention_days', nullable: true })
  succeededRetentionDays!: number | null;

  @Column('integer', { name: 'failed_retention_days', nullable: true })
  failedRetentionDays!: number | null;

  @Column('text', { name: 'egress_allow', array: true })
  egressAllow!: string[];

  @Column('integer')
  version!: number;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 })
  updatedAt!: Date;
}
