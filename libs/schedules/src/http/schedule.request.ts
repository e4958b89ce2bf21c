import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, Max, Min, ValidateIf } from 'class-validator';
import { IsParameters, MayBeAbsent } from '@app/jobs';
import { IsCalendarNames } from '../calendars/http/rules/calendar-name.js';
import type { MisfirePolicy, OverlapPolicy } from '../domain/schedule.js';
import { ScheduleTimingRequest } from './schedule-timing.request.js';

export const OVERLAP_POLICIES: readonly OverlapPolicy[] = [
  'skip',
  'allow',
  'buffer_one',
  'buffer_all',
  'cancel_running',
];
export const MISFIRE_POLICIES: readonly MisfirePolicy[] = ['fire_once', 'skip', 'fire_all'];

const DAY_SECONDS = 86_400;
const YEAR_SECONDS = 31_536_000;
/** As many as one firing plan holds. */
const MAX_CATCHUP = 1_000;
const MAX_INTEGER = 2_147_483_647;

/** A whole schedule as a client writes it: to create it, to replace it, and what a merge patch results in. */
export class ScheduleRequest extends ScheduleTimingRequest {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    default: {},
    description: "At most 64 KB, merged over the job's, top level.",
  })
  @MayBeAbsent()
  @IsParameters()
  parameters?: Record<string, unknown>;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: DAY_SECONDS,
    default: 0,
    description: 'Each start is delayed by the same part of this, derived from the id.',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(DAY_SECONDS)
  jitterSeconds?: number;

  @ApiPropertyOptional({
    enum: OVERLAP_POLICIES,
    default: 'skip',
    description: 'What an instant does while a run of this schedule is still active.',
  })
  @MayBeAbsent()
  @IsIn(OVERLAP_POLICIES)
  overlapPolicy?: OverlapPolicy;

  @ApiPropertyOptional({
    enum: MISFIRE_POLICIES,
    default: 'fire_once',
    description: 'What becomes of instants that could not fire in time.',
  })
  @MayBeAbsent()
  @IsIn(MISFIRE_POLICIES)
  misfirePolicy?: MisfirePolicy;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: YEAR_SECONDS,
    default: 60,
    description: 'How late an instant may fire without being a misfire.',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(YEAR_SECONDS)
  misfireGraceSeconds?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: YEAR_SECONDS,
    default: DAY_SECONDS,
    description: 'For `fire_all`: misfires older than this do not run.',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(YEAR_SECONDS)
  catchupWindowSeconds?: number;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: MAX_CATCHUP,
    default: 100,
    description: 'For `fire_all`: no more than the newest of this many misfires run.',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(MAX_CATCHUP)
  maxCatchup?: number;

  @ApiPropertyOptional({
    type: 'integer',
    nullable: true,
    minimum: 1,
    maximum: MAX_INTEGER,
    default: null,
    description: 'The schedule ends after so many runs; null = never.',
  })
  @ValidateIf((_request, value) => value !== undefined && value !== null)
  @IsInt()
  @Min(1)
  @Max(MAX_INTEGER)
  maxRuns?: number | null;

  @ApiPropertyOptional({
    type: [String],
    default: [],
    description: 'Names of calendars: their instants are skipped.',
  })
  @MayBeAbsent()
  @IsCalendarNames()
  calendars?: string[];

  @ApiPropertyOptional({
    description:
      'False pauses the schedule and true resumes it, with none of the instants of its pause; `/pause` takes a reason and ' +
      '`/resume` a choice. Left out: true for a new schedule, and as it was for one that is changed.',
  })
  @MayBeAbsent()
  @IsBoolean()
  active?: boolean;
}
