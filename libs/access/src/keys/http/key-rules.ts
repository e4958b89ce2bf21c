import { ValidateBy, ValidateIf } from 'class-validator';
import { normalCidr } from '../../cidr.js';

const MAX_LABEL_LENGTH = 200;
const MAX_CIDRS = 50;
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}]/u;
const RFC_3339 =
  /^\d{4}-\d\d-\d\d[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$/;

/** Unlike class-validator's `@IsOptional`, an explicit null is still checked, and so refused. */
export function MayBeAbsent(): PropertyDecorator {
  return ValidateIf((_owner, value) => value !== undefined);
}

/** A name for people, on one line. */
export function IsLabel(): PropertyDecorator {
  return refuses('invalid_name', (value) => {
    if (typeof value !== 'string') return 'must be a string';
    if (value.trim() === '' || value !== value.trim())
      return 'must not be empty, nor begin or end with white space';
    if ([...value].length > MAX_LABEL_LENGTH) return `must have at most ${MAX_LABEL_LENGTH} characters`;
    return UNPRINTABLE.test(value) ? 'must not contain control characters' : null;
  });
}

export function IsCidrs(): PropertyDecorator {
  return refuses('invalid_cidrs', (value) => {
    if (!Array.isArray(value)) return 'must be an array';
    if (value.length > MAX_CIDRS) return `must have at most ${MAX_CIDRS} items`;
    const wrong = value.findIndex((item) => typeof item !== 'string' || normalCidr(item) === null);
    return wrong < 0 ? null : `item ${wrong} must be an address or a CIDR, such as 10.0.0.0/8`;
  });
}

/** RFC 3339 with its offset, on a day that the calendar has. */
export function IsInstant(): PropertyDecorator {
  return refuses('invalid_instant', (value) =>
    typeof value === 'string' && RFC_3339.test(value) && isOnCalendar(value)
      ? null
      : 'must be an RFC 3339 time with its offset, such as 2030-01-31T12:00:00Z',
  );
}

function isOnCalendar(text: string): boolean {
  const date = new Date(`${text.slice(0, 10)}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text.slice(0, 10));
}

function refuses(code: string, faultOf: (value: unknown) => string | null): PropertyDecorator {
  return ValidateBy({
    name: code,
    validator: {
      validate: (value) => faultOf(value) === null,
      defaultMessage: (args) => `${args?.property} ${faultOf(args?.value)}`,
    },
  });
}
