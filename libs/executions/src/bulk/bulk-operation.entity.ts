import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { BulkAction, BulkFilter, BulkOperation, BulkState } from './domain/bulk-operation.js';

@Entity('bulk_operations')
export class BulkOperationEntity implements BulkOperation {
  @PrimaryColumn('uuid')
  id!: string;

  @Column('text')
  service!: string;

  @Column('text')
  action!: BulkAction;

  @Column('jsonb')
  filter!: BulkFilter;

  @Column('text', { nullable: true })
  reason!: string | null;

  @Column('text')
  state!: BulkState;

  @Column('integer')
  matched!: number;

  @Column('integer')
  done!: number;

  @Column('uuid', { name: 'after_id', nullable: true })
  afterId!: string | null;

  @Column('text', { nullable: true })
  error!: string | null;

  @Column('text', { name: 'created_by' })
  createdBy!: string;

  @Column('boolean', { name: 'may_run_commands' })
  mayRunCommands!: boolean;

  @Column('timestamp with time zone', { name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column('timestamp with time zone', { name: 'started_at', precision: 3, nullable: true })
  startedAt!: Date | null;

  @Column('timestamp with time zone', { name: 'finished_at', precision: 3, nullable: true })
  finishedAt!: Date | null;
}
