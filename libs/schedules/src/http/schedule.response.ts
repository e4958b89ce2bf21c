import { ApiProperty } from '@nestjs/swagger';
import { ID, INSTANT, INSTANT_OR_NULL } from '@app/platform/http';
import type {
  DstGap,
  DstOverlap,
  MisfirePolicy,
  OverlapPolicy,
  Schedule,
  ScheduleType,
} from '../domain/schedule.js';
import { SCHEDULE_TYPES } from './rules/type-rules.js';
import { MISFIRE_POLICIES, OVERLAP_POLICIES } from './schedule.request.js';
import { DST_GAPS, DST_OVERLAPS } from './schedule-timing.request.js';

const COUNT = { type: 'integer' } as const;
const NULLABLE_COUNT = { type: 'integer', nullable: true, example: null } as const;

export class ScheduleResponse {
  @ApiProperty(ID)
  id!: string;

  @ApiProperty(ID)
  jobId!: string;

  @ApiProperty({ enum: SCHEDULE_TYPES })
  type!: ScheduleType;

  @ApiProperty({ type: String, nullable: true, example: '30 9 * * MON-FRI' })
  cronExpression!: string | null;

  @ApiProperty(NULLABLE_COUNT)
  intervalSeconds!: number | null;

  @ApiProperty({ ...INSTANT_OR_NULL, example: null })
  runAt!: string | null;

  @ApiProperty({ example: 'Europe/Berlin' })
  timezone!: string;

  @ApiProperty({ ...INSTANT_OR_NULL, example: null })
  startAt!: string | null;

  @ApiProperty({ ...INSTANT_OR_NULL, example: null })
  endAt!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true })
  parameters!: Readonly<Record<string, unknown>>;

  @ApiProperty({ ...COUNT, example: 0 })
  jitterSeconds!: number;

  @ApiProperty({ enum: OVERLAP_POLICIES })
  overlapPolicy!: OverlapPolicy;

  @ApiProperty({ enum: MISFIRE_POLICIES })
  misfirePolicy!: MisfirePolicy;

  @ApiProperty({ ...COUNT, example: 60 })
  misfireGraceSeconds!: number;

  @ApiProperty({ ...COUNT, example: 86_400 })
  catchupWindowSeconds!: number;

  @ApiProperty({ ...COUNT, example: 100 })
  maxCatchup!: number;

  @ApiProperty({ enum: DST_GAPS })
  dstGap!: DstGap;

  @ApiProperty({ enum: DST_OVERLAPS })
  dstOverlap!: DstOverlap;

  @ApiProperty(NULLABLE_COUNT)
  maxRuns!: number | null;

  @ApiProperty({ type: [String] })
  calendars!: readonly string[];

  @ApiProperty({ description: 'False while paused and once finished: `pauseReason` says which.' })
  active!: boolean;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description:
      'The reason given for the pause, or why it is finished: `completed`, `max_runs_reached`, `end_at_passed`, or `run_at_passed` ' +
      'for a one-time schedule whose job was inactive at its instant.',
  })
  pauseReason!: string | null;

  @ApiProperty({ ...INSTANT_OR_NULL, description: 'The next nominal instant, jitter aside.' })
  nextRunAt!: string | null;

  @ApiProperty({ ...INSTANT_OR_NULL, description: 'The newest instant that became a run.' })
  lastRunAt!: string | null;

  @ApiProperty({ ...COUNT, example: 17 })
  runCount!: number;

  @ApiProperty({ ...COUNT, example: 1, description: 'Rises with each change; also the ETag.' })
  version!: number;

  @ApiProperty(INSTANT)
  createdAt!: string;

  @ApiProperty(INSTANT)
  updatedAt!: string;
}

/** The white list of what leaves the service. */
export function toScheduleResponse(schedule: Schedule): ScheduleResponse {
  return {
    id: schedule.id,
    jobId: schedule.jobId,
    type: schedule.type,
    cronExpression: schedule.cronExpression,
    intervalSeconds: schedule.intervalSeconds,
    runAt: timeOf(schedule.runAt),
    timezone: schedule.timezone,
    startAt: timeOf(schedule.startAt),
    endAt: timeOf(schedule.endAt),
    parameters: schedule.parameters,
    jitterSeconds: schedule.jitterSeconds,
    overlapPolicy: schedule.overlapPolicy,
    misfirePolicy: schedule.misfirePolicy,
    misfireGraceSeconds: schedule.misfireGraceSeconds,
    catchupWindowSeconds: schedule.catchupWindowSeconds,
    maxCatchup: schedule.maxCatchup,
    dstGap: schedule.dstGap,
    dstOverlap: schedule.dstOverlap,
    maxRuns: schedule.maxRuns,
    calendars: schedule.calendars,
    active: schedule.active,
    pauseReason: schedule.pauseReason,
    nextRunAt: timeOf(schedule.nextRunAt),
    lastRunAt: timeOf(schedule.lastRunAt),
    runCount: schedule.runCount,
    version: schedule.version,
    createdAt: schedule.createdAt.toISOString(),
    updatedAt: schedule.updatedAt.toISOString(),
  };
}

function timeOf(instant: Date | null): string | null {
  return instant === null ? null : instant.toISOString();
}
