import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { RunError, RunResult } from '@app/targets';
import type { Attempt, Execution, Hold, Trigger } from './domain/execution.js';
import type { ExecutionState } from './domain/execution-state.js';

@Entity('executions')
export class ExecutionEntity implements Execution {
  @PrimaryColumn('uuid')
  id!: string;

  @PrimaryColumn('timestamp with time zone', { name: 'scheduled_for', precision: 3 })
  scheduledFor!: Date;

  @Column('text')
  service!: string;

  @Column('uuid', { name: 'job_id' })
  jobId!: string;

  @Column('integer', { name: 'job_version' })
  jobVersion!: number;

  @Column('uuid', { name: 'schedule_id', nullable: true })
  scheduleId!: string | null;

  @Column('text')
  trigger!: Trigger;

  @Column('text')
  state!: ExecutionState;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('jsonb', { name: 'reason_detail', nullable: true })
  reasonDetail!: Record<string, unknown> | null;

  @Column('smallint')
  priority!: number;

  @Column('timestamp with time zone', { name: 'due_at', precision: 3 })
  dueAt!: Date;

  @Column('text', { nullable: true })
  hold!: Hold | null;

  @Column('integer')
  delivery!: number;

  @Column('integer')
  attempt!: number;

  @Column('integer', { name: 'max_attempts' })
  maxAttempts!: number;

  @Column('smallint', { name: 'lost_count' })
  lostCount!: number;

  @Column('smallint', { name: 'released_count' })
  releasedCount!: number;

  @Column('uuid', { name: 'session_id', nullable: true })
  sessionId!: string | null;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column('timestamp with time zone', { name: 'queued_at', precision: 3, nullable: true })
  queuedAt!: Date | null;

  @Column('timestamp with time zone', { name: 'started_at', precision: 3, nullable: true })
  startedAt!: Date | null;

  @Column('timestamp with time zone', { name: 'attempt_started_at', precision: 3, nullable: true })
  attemptStartedAt!: Date | null;

  @Column('timestamp with time zone', { name: 'finished_at', precision: 3, nullable: true })
  finishedAt!: Date | null;

  @Column('timestamp with time zone', { name: 'cancel_requested_at', precision: 3, nullable: true })
  cancelRequestedAt!: Date | null;

  @Column('text', { name: 'cancel_requested_by', nullable: true })
  cancelRequestedBy!: string | null;

  @Column('text', { name: 'cancel_reason', nullable: true })
  cancelReason!: string | null;

  @Column('timestamp with time zone', { name: 'cancel_delivered_at', precision: 3, nullable: true })
  cancelDeliveredAt!: Date | null;

  @Column('timestamp with time zone', { name: 'cancel_acknowledged_at', precision: 3, nullable: true })
  cancelAcknowledgedAt!: Date | null;

  @Column('timestamp with time zone', { name: 'cancel_forced_at', precision: 3, nullable: true })
  cancelForcedAt!: Date | null;

  @Column('jsonb')
  parameters!: Record<string, unknown>;

  @Column('jsonb', { nullable: true })
  result!: RunResult | null;

  @Column('jsonb', { nullable: true })
  error!: RunError | null;

  @Column('jsonb')
  attempts!: Attempt[];

  @Column('uuid', { name: 'retry_of', nullable: true })
  retryOf!: string | null;

  @Column('text', { nullable: true })
  traceparent!: string | null;

  @Column('text', { name: 'request_id', nullable: true })
  requestId!: string | null;
}
