import { ApiProperty } from '@nestjs/swagger';
import { ID, INSTANT, INSTANT_OR_NULL } from '@app/platform/http';
import {
  BULK_ACTIONS,
  BULK_STATES,
  type BulkAction,
  type BulkFilter,
  type BulkOperation,
  type BulkState,
  skippedOf,
} from '../domain/bulk-operation.js';
import { BulkFilterRequest } from './bulk-operation.request.js';

/** What a dry run answers. */
export class BulkPlanResponse {
  @ApiProperty({ enum: [true] })
  dryRun!: true;

  @ApiProperty({ enum: BULK_ACTIONS })
  action!: BulkAction;

  @ApiProperty({ type: BulkFilterRequest })
  filter!: BulkFilter;

  @ApiProperty({ type: 'integer', example: 42, description: 'Executions that match now.' })
  matched!: number;
}

export class BulkOperationResponse {
  @ApiProperty(ID)
  id!: string;

  @ApiProperty({ enum: BULK_ACTIONS })
  action!: BulkAction;

  @ApiProperty({ type: BulkFilterRequest })
  filter!: BulkFilter;

  @ApiProperty({ type: String, nullable: true })
  reason!: string | null;

  @ApiProperty({ enum: BULK_STATES })
  state!: BulkState;

  @ApiProperty({ type: 'integer', example: 42, description: 'Executions that matched when it was created.' })
  matched!: number;

  @ApiProperty({
    type: 'integer',
    example: 40,
    description: 'Executions cancelled, or asked to stop if running; for a retry, executions created.',
  })
  done!: number;

  @ApiProperty({
    type: 'integer',
    example: 2,
    description:
      'Matched executions that were not acted on: already ended, already retried, or with a deleted job. Set once the operation has succeeded.',
  })
  skipped!: number;

  @ApiProperty({ type: String, nullable: true, description: 'Why it failed.' })
  error!: string | null;

  @ApiProperty({ example: 'anonymous' })
  createdBy!: string;

  @ApiProperty({ ...INSTANT, description: 'Executions created later are not affected.' })
  createdAt!: string;

  @ApiProperty(INSTANT_OR_NULL)
  startedAt!: string | null;

  @ApiProperty(INSTANT_OR_NULL)
  finishedAt!: string | null;
}

/** The white list of what leaves the service. */
export function toBulkOperationResponse(operation: BulkOperation): BulkOperationResponse {
  return {
    id: operation.id,
    action: operation.action,
    filter: operation.filter,
    reason: operation.reason,
    state: operation.state,
    matched: operation.matched,
    done: operation.done,
    skipped: skippedOf(operation),
    error: operation.error,
    createdBy: operation.createdBy,
    createdAt: operation.createdAt.toISOString(),
    startedAt: operation.startedAt?.toISOString() ?? null,
    finishedAt: operation.finishedAt?.toISOString() ?? null,
  };
}
