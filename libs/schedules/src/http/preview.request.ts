import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsInt, Max, Min } from 'class-validator';
import { IsInstant, MayBeAbsent, MayBeNull, QueryInteger } from '@app/platform/http';
import { ScheduleRequest } from './schedule.request.js';

const DEFAULT_COUNT = 10;
const MAX_COUNT = 1_000;
const COUNT = {
  type: 'integer',
  minimum: 1,
  maximum: MAX_COUNT,
  default: DEFAULT_COUNT,
  description: 'How many fire times.',
} as const;

/** A schedule that need not be stored anywhere. */
export class PreviewScheduleRequest extends ScheduleRequest {
  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'Fire times later than this. Default: now.',
  })
  @MayBeNull()
  @IsInstant()
  from?: string | null;

  @ApiPropertyOptional(COUNT)
  @MayBeAbsent()
  @IsInt()
  @Min(1)
  @Max(MAX_COUNT)
  count: number = DEFAULT_COUNT;
}

export class PreviewStoredQuery {
  @ApiPropertyOptional(COUNT)
  @MayBeAbsent()
  @QueryInteger()
  @IsInt()
  @Min(1)
  @Max(MAX_COUNT)
  count: number = DEFAULT_COUNT;
}
