import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ScheduleWarning } from '../domain/schedule-warnings.js';
import type { SchedulePreview } from '../schedule-previews.js';

const WARNING_CODES: readonly ScheduleWarning['code'][] = [
  'dst_gap',
  'dst_overlap',
  'dom_or_dow',
  'hash_not_drawn',
  'never_fires',
  'numbered_weekdays',
  'too_frequent',
  'hot_minute',
  'calendar_excludes_all',
  'paused',
  'job_inactive',
];

class FireTimeResponse {
  @ApiProperty({ format: 'date-time', example: '2026-03-30T07:30:00.000Z' })
  utc!: string;

  @ApiProperty({
    example: '2026-03-30T09:30:00',
    description: 'Wall-clock time in the time zone of the schedule.',
  })
  local!: string;

  @ApiProperty({ example: '+02:00' })
  offset!: string;
}

class WarningResponse {
  @ApiProperty({ enum: WARNING_CODES })
  code!: ScheduleWarning['code'];

  @ApiProperty()
  message!: string;

  @ApiPropertyOptional({ format: 'date-time', description: 'The clock change that the warning is about.' })
  at?: string;
}

export class PreviewResponse {
  @ApiProperty({ example: 'At 09:30, Monday through Friday (Europe/Berlin)' })
  description!: string;

  @ApiProperty({ type: [FireTimeResponse] })
  fireTimes!: FireTimeResponse[];

  @ApiProperty({ type: [WarningResponse] })
  warnings!: WarningResponse[];
}

/** The white list of what leaves the service. */
export function toPreviewResponse({ description, fireTimes, warnings }: SchedulePreview): PreviewResponse {
  return {
    description,
    fireTimes: fireTimes
      .filter(hasYearOfFourDigits)
      .map(({ utc, local, offset }) => ({ utc, local, offset })),
    warnings: warnings.map(({ code, message, at }) => ({ code, message, at })),
  };
}

/** RFC 3339 can write no other; an interval of decades passes 9999 within a long preview. */
function hasYearOfFourDigits({ utc, local }: SchedulePreview['fireTimes'][number]): boolean {
  return !utc.startsWith('+') && !local.startsWith('+');
}
