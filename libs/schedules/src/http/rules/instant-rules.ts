import { applyDecorators } from '@nestjs/common';
import { IsString } from 'class-validator';
import { Refuses } from '@app/jobs';

/** RFC 3339 with its offset: `2026-03-29T02:30:00` alone would be another instant in each zone. */
const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)t([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

/** Before the epoch nothing was scheduled, and `Date` and Postgres agree on all years from then to 9999. */
const FIRST_YEAR = 1970;

/** An instant with its offset. */
export function IsInstant(): PropertyDecorator {
  return applyDecorators(
    IsString(),
    Refuses('invalid_instant', (value) => (typeof value === 'string' ? findInstantFault(value) : null)),
  );
}

function findInstantFault(text: string): string | null {
  const [, year, month, day] = RFC_3339.exec(text) ?? [];
  if (year === undefined) return 'must be an RFC 3339 time with its offset, such as 2026-03-29T09:00:00Z';
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  const isOnCalendar = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  if (!isOnCalendar) return 'must be a date that the calendar has';
  return Number(year) < FIRST_YEAR ? `must not be before ${FIRST_YEAR}` : null;
}

export function instantIn(text: string | null | undefined): Date | null {
  return text === null || text === undefined ? null : new Date(text);
}
