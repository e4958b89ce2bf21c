import { applyDecorators } from '@nestjs/common';
import { IsArray, IsString } from 'class-validator';
import { Refuses } from '@app/jobs';

const MAX_NAME_LENGTH = 200;
const MAX_CALENDARS_OF_SCHEDULE = 20;
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}]/u;

/** A name for people, in any script. */
export function IsCalendarName(): PropertyDecorator {
  return applyDecorators(IsString(), Refuses('invalid_name', findNameFault));
}

/** The calendars that a schedule names; whether they exist, only the database knows. */
export function IsCalendarNames(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    IsString({ each: true }),
    Refuses('invalid_calendars', (names) => (Array.isArray(names) ? findListFault(names) : null)),
  );
}

function findNameFault(name: unknown): string | null {
  if (typeof name !== 'string') return null;
  if (name === '') return 'must not be empty';
  if (name !== name.trim()) return 'must not begin or end with white space';
  if ([...name].length > MAX_NAME_LENGTH) return `must have at most ${MAX_NAME_LENGTH} characters`;
  return UNPRINTABLE.test(name) ? 'must not contain control characters' : null;
}

function findListFault(names: readonly unknown[]): string | null {
  if (names.length > MAX_CALENDARS_OF_SCHEDULE) return `must have at most ${MAX_CALENDARS_OF_SCHEDULE} items`;
  return new Set(names).size < names.length ? 'must not repeat an item' : null;
}
