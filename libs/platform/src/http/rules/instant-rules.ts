import { applyDecorators } from '@nestjs/common';
import { IsString } from 'class-validator';
import { Refuses } from './refuses.js';

/** RFC 3339 with its offset: `2026-03-29T02:30:00` alone would be another instant in each zone. */
const RFC_3339 =
  /^(\d{4})-(\d\d)-(\d\d)t([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?(z|[+-]([01]\d|2[0-3]):[0-5]\d)$/i;

/** Before the epoch nothing was scheduled, and RFC 3339 cannot write years after 9999. In UTC, as they are answered. */
const FIRST_YEAR = 1970;
const LAST_YEAR = 9999;

/** An instant with its offset. */
export function IsInstant(): PropertyDecorator {
  return applyDecorators(
    IsString(),
    Refuses('invalid_instant', (value) => (typeof value === 'string' ? findInstantFault(value) : null)),
  );
}

/** A `to` that comes after the `from` beside it: an empty window is a slip, not a question. */
export function IsAfterFrom(): PropertyDecorator {
  return Refuses<{ from?: unknown }>('not_after_from', (to, { from }) => findOrderFault(to, from));
}

function findInstantFault(text: string): string | null {
  const [, year, month, day] = RFC_3339.exec(text) ?? [];
  if (year === undefined) {
    return 'must be an RFC 3339 time with its offset, such as 2026-03-29T09:00:00Z (in a URL, the + of an offset is written %2B)';
  }
  if (!isDate(Number(year), Number(month), Number(day))) return 'must be an existing date';
  const utcYear = new Date(text).getUTCFullYear();
  if (utcYear < FIRST_YEAR) return `must not be before ${FIRST_YEAR}`;
  return utcYear > LAST_YEAR ? `must not be after ${LAST_YEAR}` : null;
}

/** `Date.parse` takes 30 February for 2 March, and `Date.UTC` the year 26 for 1926. */
function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** A fault of either instant alone is another rule's. */
function findOrderFault(to: unknown, from: unknown): string | null {
  return Date.parse(String(to)) <= Date.parse(String(from)) ? 'must be later than from' : null;
}

export function instantIn(text: string | null | undefined): Date | null {
  return text === null || text === undefined ? null : new Date(text);
}
