import { cursorOf, mapPage, type Page, pageOf } from '@app/platform/http';
import type { SchedulesService } from '../schedules.service.js';
import type { ListSchedulesQuery } from './list-schedules.query.js';
import { type ScheduleResponse, toScheduleResponse } from './schedule.response.js';

const CURSOR = cursorOf('schedules', ['uuid']);

/** One page of schedules, newest first. */
export async function schedulePage(
  schedules: SchedulesService,
  service: string,
  { limit, cursor, jobId, type, active }: ListSchedulesQuery,
): Promise<Page<ScheduleResponse>> {
  const [beforeId] = CURSOR.read(cursor) ?? [];
  const window = { limit: limit + 1, beforeId };
  const rows = await schedules.list(service, { jobId, types: type, active }, window);
  return mapPage(
    pageOf(rows, limit, CURSOR, (schedule) => [schedule.id]),
    toScheduleResponse,
  );
}
