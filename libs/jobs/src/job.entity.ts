import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { Target } from '@app/targets';
import type { DeliveryGuarantee, Job } from './domain/job.js';
import type { RetryPolicy } from './domain/retry-policy.js';

@Entity('jobs')
export class JobEntity implements Job {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  service!: string;

  @Column('text')
  name!: string;

  @Column('text')
  description!: string;

  @Column('text', { array: true })
  tags!: string[];

  @Column('jsonb')
  target!: Target;

  @Column('jsonb')
  parameters!: Record<string, unknown>;

  @Column('jsonb', { name: 'retry_policy' })
  retryPolicy!: RetryPolicy;

  @Column('integer', { name: 'timeout_ms' })
  timeoutMs!: number;

  @Column('smallint')
  priority!: number;

  @Column('integer', { name: 'max_concurrency', nullable: true })
  maxConcurrency!: number | null;

  @Column('text', { name: 'delivery_guarantee' })
  deliveryGuarantee!: DeliveryGuarantee;

  @Column('boolean')
  active!: boolean;

  @Column('integer')
  version!: number;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column('timestamp with time zone', { name: 'updated_at', precision: 3 })
  updatedAt!: Date;

  @Column('timestamp with time zone', { name: 'deleted_at', precision: 3, nullable: true })
  deletedAt!: Date | null;
}
