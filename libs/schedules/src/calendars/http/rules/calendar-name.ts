import { applyDecorators } from '@nestjs/common';
import { IsArray, IsString } from 'class-validator';
import { Refuses } from '@app/platform/http';

export const MAX_CALENDARS_OF_SCHEDULE = 20;

/** The calendars that a schedule names; whether they exist, only the database knows. */
export function IsCalendarNames(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    IsString({ each: true }),
    Refuses('invalid_calendars', (names) => (Array.isArray(names) ? findListFault(names) : null)),
  );
}

function findListFault(names: readonly unknown[]): string | null {
  if (names.length > MAX_CALENDARS_OF_SCHEDULE) return `must have at most ${MAX_CALENDARS_OF_SCHEDULE} items`;
  return new Set(names).size < names.length ? 'must not repeat an item' : null;
}
