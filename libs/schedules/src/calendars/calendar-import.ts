import { type FieldError, validationProblem } from '@app/platform/problem';
import { type Calendar, type CalendarDefinition, MAX_CALENDAR_ENTRIES } from './domain/calendar.js';
import { sortedDates, sortedWindows } from './domain/sorted-entries.js';
import { exclusionsInIcal } from './ical/exclusions-in-ical.js';
import { IcalError } from './ical/ical-error.js';

/** `add` keeps the dates and windows that the calendar has; `replace` drops them. Weekdays stay. */
export type ImportMode = 'add' | 'replace';

/** The calendar with the events of an iCalendar file. @throws ProblemError at `/ical` */
export function withImported(
  calendar: Calendar,
  ical: string,
  mode: ImportMode,
  now: Date,
): CalendarDefinition {
  const imported = readIcal(ical, calendar.timezone, now);
  const kept = mode === 'add' ? calendar : { excludedDates: [], excludedWindows: [] };
  const excludedDates = sortedDates([...kept.excludedDates, ...imported.dates]);
  const excludedWindows = sortedWindows([...kept.excludedWindows, ...imported.windows]);
  const longest = Math.max(excludedDates.length, excludedWindows.length);
  if (longest > MAX_CALENDAR_ENTRIES) throw tooManyEntries(longest);
  return { ...calendar, excludedDates, excludedWindows };
}

function readIcal(ical: string, timezone: string, now: Date) {
  try {
    return exclusionsInIcal(ical, timezone, now);
  } catch (error) {
    throw error instanceof IcalError ? refused('invalid_ical', error.message) : error;
  }
}

function tooManyEntries(count: number): Error {
  const detail = `with it the calendar would have ${count} entries of one kind; ${MAX_CALENDAR_ENTRIES} are allowed`;
  return refused('too_many_entries', detail);
}

function refused(code: FieldError['code'], detail: string): Error {
  return validationProblem([{ pointer: '/ical', code, detail }]);
}
