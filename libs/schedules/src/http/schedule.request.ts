import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, Max, Min } from 'class-validator';
import { IsParameters } from '@app/jobs';
import { MAX_INTEGER, MayBeAbsent, MayBeNull } from '@app/platform/http';
import { IsCalendarNames, MAX_CALENDARS_OF_SCHEDULE } from '../calendars/http/rules/calendar-name.js';
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

/** A whole schedule as a client writes it: to create it, to replace it, and what a merge patch results in. */
export class ScheduleRequest extends ScheduleTimingRequest {
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    default: {},
    description: "At most 64 KB, merged over the job's, key by key at the top level.",
  })
  @MayBeAbsent()
  @IsParameters()
  parameters?: Record<string, unknown>;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: DAY_SECONDS,
    default: 0,
    description:
      'Delays every start by a fixed amount between 0 and this, derived from the id of the schedule.',
  })
  @MayBeAbsent()
  @IsInt()
  @Min(0)
  @Max(DAY_SECONDS)
  jitterSeconds?: number;

  @ApiPropertyOptional({
    enum: OVERLAP_POLICIES,
    default: 'skip',
    description: 'What happens when an instant comes while an earlier run of the schedule is active.',
  })
  @MayBeAbsent()
  @IsIn(OVERLAP_POLICIES)
  overlapPolicy?: OverlapPolicy;

  @ApiPropertyOptional({
    enum: MISFIRE_POLICIES,
    default: 'fire_once',
    description: 'What becomes of instants that did not fire in time (misfires).',
  })
  @MayBeAbsent()
  @IsIn(MISFIRE_POLICIES)
  misfirePolicy?: MisfirePolicy;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 0,
    maximum: YEAR_SECONDS,
    default: 60,
    description: 'An instant that would fire more than this many seconds late is a misfire.',
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
    description: 'For `fire_all`: at most this many misfires run, the newest ones.',
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
    description: 'The schedule ends after this many runs; null = never.',
  })
  @MayBeNull()
  @IsInt()
  @Min(1)
  @Max(MAX_INTEGER)
  maxRuns?: number | null;

  @ApiPropertyOptional({
    type: [String],
    maxItems: MAX_CALENDARS_OF_SCHEDULE,
    uniqueItems: true,
    default: [],
    description: 'Names of calendars; instants that they exclude are skipped.',
  })
  @MayBeAbsent()
  @IsCalendarNames()
  calendars?: string[];

  @ApiPropertyOptional({
    description:
      'False pauses the schedule; true resumes it without catching up. `/pause` takes a reason, and `/resume` a choice of ' +
      'catch-up. Default: true for a new schedule; unchanged for one that is replaced.',
  })
  @MayBeAbsent()
  @IsBoolean()
  active?: boolean;
}
