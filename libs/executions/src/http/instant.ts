import { applyDecorators } from '@nestjs/common';
import { IsString } from 'class-validator';
import { Refuses } from '@app/jobs';

const RFC_3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/** An instant as RFC 3339 writes it, offset included; a local time would mean another instant on every machine. */
export function IsInstant(): PropertyDecorator {
  return applyDecorators(IsString(), Refuses('invalid_instant', findInstantFault));
}

function findInstantFault(value: unknown): string | null {
  if (typeof value !== 'string') return null;
  const [, year, month, day] = RFC_3339.exec(value) ?? [];
  if (year !== undefined && isDate(Number(year), Number(month), Number(day))) return null;
  return 'must be an instant such as 2026-01-31T12:00:00Z (in a URL, the + of an offset is written %2B)';
}

/** `Date.parse` takes 30 February for 2 March. */
function isDate(year: number, month: number, day: number): boolean {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}
