import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsString,
  IsUUID,
  Length,
  ValidateNested,
} from 'class-validator';
import { IsAfterFrom, IsInstant, MayBeAbsent, Refuses, WithoutRepeats } from '@app/platform/http';
import { EXECUTION_STATES, type ExecutionState } from '../../domain/execution-state.js';
import { type Trigger, TRIGGERS } from '../../domain/execution.js';
import { BULK_ACTIONS, type BulkAction, type BulkFilter } from '../domain/bulk-operation.js';

export class BulkFilterRequest {
  @ApiPropertyOptional({
    enum: EXECUTION_STATES,
    isArray: true,
    minItems: 1,
    uniqueItems: true,
    description: 'Any of these. Default: every state that the action applies to.',
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayNotEmpty()
  @WithoutRepeats()
  @IsIn(EXECUTION_STATES, { each: true })
  state?: ExecutionState[];

  @ApiPropertyOptional({ format: 'uuid' })
  @MayBeAbsent()
  @IsUUID()
  jobId?: string;

  @ApiPropertyOptional({ format: 'uuid' })
  @MayBeAbsent()
  @IsUUID()
  scheduleId?: string;

  @ApiPropertyOptional({
    enum: TRIGGERS,
    isArray: true,
    minItems: 1,
    uniqueItems: true,
    description: 'Any of these.',
  })
  @MayBeAbsent()
  @IsArray()
  @ArrayNotEmpty()
  @WithoutRepeats()
  @IsIn(TRIGGERS, { each: true })
  trigger?: Trigger[];

  @ApiPropertyOptional({ format: 'date-time', description: '`scheduledFor` at or after this instant.' })
  @MayBeAbsent()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: '`scheduledFor` before this instant.' })
  @MayBeAbsent()
  @IsInstant()
  @IsAfterFrom()
  to?: string;

  @ApiPropertyOptional({
    minLength: 1,
    maxLength: 200,
    example: 'billing',
    description: 'The job has this tag.',
  })
  @MayBeAbsent()
  @IsString()
  @Length(1, 200)
  tag?: string;
}

export class BulkOperationRequest {
  @ApiProperty({
    enum: BULK_ACTIONS,
    description:
      '`cancel` whatever is pending, queued or running; `retry` what failed, timed out or was cancelled ' +
      'and has not been retried yet.',
  })
  @IsIn(BULK_ACTIONS)
  action!: BulkAction;

  @ApiProperty({ type: BulkFilterRequest, description: 'At least one condition; all of them must hold.' })
  @Type(() => BulkFilterRequest)
  @IsObject()
  @ValidateNested()
  @Refuses('empty_filter', findEmptyFault)
  filter!: BulkFilterRequest;

  @ApiPropertyOptional({ minLength: 1, maxLength: 500, description: 'For a cancel: kept on each execution.' })
  @MayBeAbsent()
  @IsString()
  @Length(1, 500)
  reason?: string;

  @ApiPropertyOptional({ default: false, description: 'Only report how many executions match.' })
  @MayBeAbsent()
  @IsBoolean()
  dryRun: boolean = false;
}

/** The filter as it is stored: instants in one form, whatever offset they came with. */
export function toBulkFilter({ from, to, ...filter }: BulkFilterRequest): BulkFilter {
  return {
    ...filter,
    ...(from !== undefined && { from: new Date(from).toISOString() }),
    ...(to !== undefined && { to: new Date(to).toISOString() }),
  };
}

function findEmptyFault(filter: unknown): string | null {
  if (typeof filter !== 'object' || filter === null) return null;
  const isEmpty = Object.values(filter).every((value) => value === undefined);
  return isEmpty ? 'must have at least one condition' : null;
}
