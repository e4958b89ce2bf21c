import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, IsArray, ValidateNested } from 'class-validator';
import { IsAfterFrom, IsInstant, IsName, MayBeAbsent, ReadUpTo } from '@app/platform/http';
import { IsTimeZone } from '../../http/rules/zone-rules.js';
import { MAX_CALENDAR_ENTRIES } from '../domain/calendar.js';
import { IsDates, IsWeekdays, MAX_WEEKDAYS } from './rules/exclusion-rules.js';

export class ExcludedWindowRequest {
  @ApiProperty({
    format: 'date-time',
    example: '2026-12-24T12:00:00Z',
    description: 'The first excluded instant.',
  })
  @IsInstant()
  from!: string;

  @ApiProperty({
    format: 'date-time',
    example: '2026-12-27T00:00:00Z',
    description: 'The first instant that is not excluded any more.',
  })
  @IsInstant()
  @IsAfterFrom()
  to!: string;
}

/** A whole calendar as a client writes it: to create it, to replace it, and what a merge patch results in. */
export class CalendarRequest {
  @ApiProperty({
    minLength: 1,
    maxLength: 200,
    example: 'holidays-de',
    description: 'Unique; schedules refer to it.',
  })
  @IsName()
  name!: string;

  @ApiPropertyOptional({
    default: 'UTC',
    example: 'Europe/Berlin',
    description:
      'IANA time zone in which its dates and weekdays begin and end, whatever the time zone of a schedule.',
  })
  @MayBeAbsent()
  @IsTimeZone()
  timezone?: string;

  @ApiPropertyOptional({
    type: [String],
    format: 'date',
    maxItems: MAX_CALENDAR_ENTRIES,
    default: [],
    example: ['2026-12-25', '2026-12-26'],
    description: 'Shown in order, each once.',
  })
  @MayBeAbsent()
  @IsDates()
  @ReadUpTo(MAX_CALENDAR_ENTRIES)
  excludedDates?: string[];

  @ApiPropertyOptional({
    type: 'array',
    items: { oneOf: [{ type: 'integer', minimum: 0, maximum: 7 }, { type: 'string' }] },
    maxItems: MAX_WEEKDAYS,
    default: [],
    example: [0, 6],
    description: '0 or 7 is Sunday, 6 Saturday; names such as `SUN` are accepted and shown as numbers.',
  })
  @MayBeAbsent()
  @IsWeekdays()
  @ReadUpTo(MAX_WEEKDAYS)
  excludedWeekdays?: (number | string)[];

  @ApiPropertyOptional({ type: [ExcludedWindowRequest], maxItems: MAX_CALENDAR_ENTRIES, default: [] })
  @MayBeAbsent()
  @IsArray()
  @ArrayMaxSize(MAX_CALENDAR_ENTRIES)
  @ValidateNested({ each: true })
  @Type(() => ExcludedWindowRequest)
  @ReadUpTo(MAX_CALENDAR_ENTRIES)
  excludedWindows?: ExcludedWindowRequest[];
}
