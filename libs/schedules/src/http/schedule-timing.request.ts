import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsString, Max, Min } from 'class-validator';
import { IsInstant, MAX_INTEGER, MayBeAbsent, MayBeNull } from '@app/platform/http';
import type { DstGap, DstOverlap, ScheduleType } from '../domain/schedule.js';
import { OnlyForType, SCHEDULE_TYPES } from './rules/type-rules.js';
import { IsTimeZone } from './rules/zone-rules.js';

export const DST_GAPS: readonly DstGap[] = ['next_valid', 'skip'];
export const DST_OVERLAPS: readonly DstOverlap[] = ['first', 'second', 'both'];

/** What decides a schedule's instants. */
export class ScheduleTimingRequest {
  @ApiProperty({ enum: SCHEDULE_TYPES, example: 'cron' })
  @IsIn(SCHEDULE_TYPES)
  type!: ScheduleType;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    maxLength: 1000,
    example: '30 9 * * MON-FRI',
    description: 'For type `cron`: 5 fields, or 6 with seconds first, or an alias such as `@daily`.',
  })
  @OnlyForType('cron')
  @IsString()
  cronExpression?: string | null;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: MAX_INTEGER,
    description: 'For type `interval`: fires at multiples of this after `startAt`, or after creation.',
  })
  @OnlyForType('interval')
  @IsInt()
  @Min(1)
  @Max(MAX_INTEGER)
  intervalSeconds?: number | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    description: 'For type `one_time`: an instant in the future, RFC 3339 with offset.',
  })
  @OnlyForType('one_time')
  @IsInstant()
  runAt?: string | null;

  @ApiPropertyOptional({
    default: 'UTC',
    example: 'Europe/Berlin',
    description: 'Name of an IANA time zone.',
  })
  @MayBeAbsent()
  @IsTimeZone()
  timezone?: string;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    default: null,
    description: 'Nothing fires before this instant.',
  })
  @MayBeNull()
  @IsInstant()
  startAt?: string | null;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    default: null,
    description: 'Nothing fires after this instant.',
  })
  @MayBeNull()
  @IsInstant()
  endAt?: string | null;

  @ApiPropertyOptional({
    enum: DST_GAPS,
    default: 'next_valid',
    description: 'What a fixed-time cron schedule does when the clocks skip its hour.',
  })
  @MayBeAbsent()
  @IsIn(DST_GAPS)
  dstGap?: DstGap;

  @ApiPropertyOptional({
    enum: DST_OVERLAPS,
    default: 'first',
    description: 'What a fixed-time cron schedule does when the clocks repeat its hour.',
  })
  @MayBeAbsent()
  @IsIn(DST_OVERLAPS)
  dstOverlap?: DstOverlap;
}
