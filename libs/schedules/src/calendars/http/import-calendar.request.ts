import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, MinLength } from 'class-validator';
import { MayBeAbsent } from '@app/platform/http';
import type { ImportMode } from '../calendar-imports.js';

const MODES: readonly ImportMode[] = ['add', 'replace'];

/** The file travels as a JSON string: every body of this service is JSON of at most 1 MB. */
export class ImportCalendarRequest {
  @ApiProperty({
    description:
      'An iCalendar file (RFC 5545). Whole-day events become excluded dates, others excluded windows; recurring ' +
      'ones for the next five years. Times without a zone are in that of the calendar.',
  })
  @IsString()
  @MinLength(1)
  ical!: string;

  @ApiPropertyOptional({
    enum: MODES,
    default: 'add',
    description: '`replace` first removes the dates and windows that the calendar has.',
  })
  @MayBeAbsent()
  @IsIn(MODES)
  mode: ImportMode = 'add';
}
