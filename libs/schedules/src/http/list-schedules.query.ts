import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsOptional, IsUUID } from 'class-validator';
import { PageQuery, QueryBoolean, QueryList } from '@app/platform/http';
import type { ScheduleType } from '../domain/schedule.js';
import { SCHEDULE_TYPES } from './rules/type-rules.js';

/** The schedules of one job. */
export class ListJobSchedulesQuery extends PageQuery {
  @ApiPropertyOptional({ type: Boolean })
  @IsOptional()
  @QueryBoolean()
  @IsBoolean()
  active?: boolean;

  @ApiPropertyOptional({ enum: SCHEDULE_TYPES, isArray: true, description: 'Schedules of any of these.' })
  @IsOptional()
  @QueryList()
  @IsIn(SCHEDULE_TYPES, { each: true })
  type?: ScheduleType[];
}

export class ListSchedulesQuery extends ListJobSchedulesQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  jobId?: string;
}
