import { bytesOf, type Statement, whereOf, withinPageBytes } from '@app/platform/database';
import type { ScheduleType } from './domain/schedule.js';

export interface ScheduleFilter {
  readonly jobId?: string;
  readonly types?: readonly ScheduleType[];
  readonly active?: boolean;
}

/** Newest first, starting below `beforeId`. */
export interface ScheduleWindow {
  readonly limit: number;
  readonly beforeId?: string;
}

/** Prepared: planning it would take longer than finding the row. @param columns of a schedule */
export function findSchedule(columns: string): string {
  return `SELECT ${columns} FROM schedules WHERE id = $1 AND service = $2`;
}

/** @param columns of a schedule */
export function listSchedules(
  columns: string,
  service: string,
  { jobId, types, active }: ScheduleFilter,
  { limit, beforeId }: ScheduleWindow,
): Statement {
  const { where, parameters } = whereOf([
    ['service = ?', service],
    ['job_id = ?', jobId],
    ['type = ANY(?::text[])', types],
    ['active = ?', active],
    ['id < ?', beforeId],
  ]);
  return {
    sql: withinPageBytes(`
      SELECT ${columns}, ${bytesOf('parameters')} AS bytes FROM schedules WHERE ${where.join(' AND ')}
      ORDER BY id DESC LIMIT $${parameters.length + 1}`),
    parameters: [...parameters, limit],
  };
}
