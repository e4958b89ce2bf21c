import { applyDecorators } from '@nestjs/common';
import { ArrayMaxSize, IsArray } from 'class-validator';
import { Refuses } from '@app/platform/http';
import { MAX_CALENDAR_ENTRIES } from '../../domain/calendar.js';
import { weekdayNamed } from './weekday.js';

/** Days as `YYYY-MM-DD`. */
export function IsDates(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(MAX_CALENDAR_ENTRIES),
    Refuses('invalid_dates', (dates) => findItemFault(dates, findDateFault)),
  );
}

/** 0 and 7 are both Sunday, so eight entries may name seven days. */
export const MAX_WEEKDAYS = 8;

/** 0 to 7, both ends Sunday, or names. */
export function IsWeekdays(): PropertyDecorator {
  return applyDecorators(
    IsArray(),
    ArrayMaxSize(MAX_WEEKDAYS),
    Refuses('invalid_weekdays', (weekdays) => findItemFault(weekdays, findWeekdayFault)),
  );
}

/** The first fault in a list, with its place. */
function findItemFault(items: unknown, findFault: (item: unknown) => string | null): string | null {
  if (!Array.isArray(items)) return null;
  for (const [index, item] of items.entries()) {
    const fault = findFault(item);
    if (fault !== null) return `item ${index} ${fault}`;
  }
  return null;
}

function findDateFault(date: unknown): string | null {
  if (typeof date !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(date)) {
    return 'must be a day such as 2026-12-24';
  }
  return isOnCalendar(date) ? null : 'must be a day that the calendar has';
}

/** `Date` takes 30 February for 2 March. */
function isOnCalendar(date: string): boolean {
  const midnight = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(date);
}

function findWeekdayFault(weekday: unknown): string | null {
  return weekdayNamed(weekday) === null ? 'must be 0 (Sunday) to 6, or a name such as SUN' : null;
}
