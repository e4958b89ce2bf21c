import { ApiProperty } from '@nestjs/swagger';
import { ID, INSTANT } from '@app/platform/http';
import type { Calendar, ExcludedWindow } from '../domain/calendar.js';

class ExcludedWindowResponse {
  @ApiProperty(INSTANT)
  from!: string;

  @ApiProperty(INSTANT)
  to!: string;
}

export class CalendarResponse {
  @ApiProperty(ID)
  id!: string;

  @ApiProperty({ example: 'default' })
  service!: string;

  @ApiProperty({ example: 'holidays-de' })
  name!: string;

  @ApiProperty({ example: 'Europe/Berlin' })
  timezone!: string;

  @ApiProperty({ type: [String], format: 'date', example: ['2026-12-25'] })
  excludedDates!: readonly string[];

  @ApiProperty({
    type: 'array',
    items: { type: 'integer' },
    example: [0, 6],
    description: '0 is Sunday, 6 Saturday.',
  })
  excludedWeekdays!: readonly number[];

  @ApiProperty({
    type: [ExcludedWindowResponse],
    description: 'From `from` on, up to but not including `to`.',
  })
  excludedWindows!: readonly ExcludedWindow[];

  @ApiProperty({ type: 'integer', example: 1, description: 'Rises with each change; also the ETag.' })
  version!: number;

  @ApiProperty(INSTANT)
  createdAt!: string;

  @ApiProperty(INSTANT)
  updatedAt!: string;
}

/** The white list of what leaves the service. */
export function toCalendarResponse(calendar: Calendar): CalendarResponse {
  return {
    id: calendar.id,
    service: calendar.service,
    name: calendar.name,
    timezone: calendar.timezone,
    excludedDates: calendar.excludedDates,
    excludedWeekdays: calendar.excludedWeekdays,
    excludedWindows: calendar.excludedWindows.map(({ from, to }) => ({ from, to })),
    version: calendar.version,
    createdAt: calendar.createdAt.toISOString(),
    updatedAt: calendar.updatedAt.toISOString(),
  };
}
