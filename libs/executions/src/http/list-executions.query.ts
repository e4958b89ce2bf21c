import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID } from 'class-validator';
import { cursorOf, IsAfterFrom, IsInstant, LIST_HINT, PageQuery, QueryList } from '@app/platform/http';
import { EXECUTION_STATES, type ExecutionState } from '../domain/execution-state.js';
import { type Trigger, TRIGGERS } from '../domain/execution.js';
import type { HistoryFilter, HistoryWindow } from '../history/history.sql.js';

/** Of the executions of a job as of those of all. */
export const EXECUTIONS_CURSOR = cursorOf('executions', ['uuid']);

export class ListJobExecutionsQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  scheduleId?: string;

  @ApiPropertyOptional({ enum: EXECUTION_STATES, isArray: true, description: LIST_HINT })
  @IsOptional()
  @QueryList()
  @IsIn(EXECUTION_STATES, { each: true })
  state?: ExecutionState[];

  @ApiPropertyOptional({ enum: TRIGGERS, isArray: true, description: LIST_HINT })
  @IsOptional()
  @QueryList()
  @IsIn(TRIGGERS, { each: true })
  trigger?: Trigger[];

  @ApiPropertyOptional({ format: 'date-time', description: '`scheduledFor` at or after this instant.' })
  @IsOptional()
  @IsInstant()
  from?: string;

  @ApiPropertyOptional({ format: 'date-time', description: '`scheduledFor` before this instant.' })
  @IsOptional()
  @IsInstant()
  @IsAfterFrom()
  to?: string;
}

export class ListExecutionsQuery extends ListJobExecutionsQuery {
  @ApiPropertyOptional({ format: 'uuid' })
  @IsOptional()
  @IsUUID()
  jobId?: string;
}

export function toHistoryFilter(query: ListExecutionsQuery): HistoryFilter {
  const { jobId, scheduleId, state, trigger, from, to } = query;
  return {
    jobId,
    scheduleId,
    states: state,
    triggers: trigger,
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
  };
}

/** One row more than asked for, which tells whether another page follows. */
export function toHistoryWindow({ limit, cursor }: PageQuery): HistoryWindow {
  const [beforeId] = EXECUTIONS_CURSOR.read(cursor) ?? [];
  return { limit: limit + 1, beforeId };
}
