import { patchedRequest, replacingRequest } from '@app/platform/http';
import type { Calendar, CalendarDefinition } from '../domain/calendar.js';
import { sortedDates, sortedWindows } from '../domain/sorted-entries.js';
import { CalendarRequest } from './calendar.request.js';
import { toCalendarResponse } from './calendar.response.js';
import { weekdayNamed } from './rules/weekday.js';

/** A valid request as what its client decided, defaults filled in. */
export function toCalendarDefinition(request: CalendarRequest): CalendarDefinition {
  const windows = (request.excludedWindows ?? []).map(({ from, to }) => ({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
  }));
  return {
    name: request.name,
    timezone: request.timezone ?? 'UTC',
    excludedDates: sortedDates(request.excludedDates ?? []),
    excludedWeekdays: sortedWeekdays(request.excludedWeekdays ?? []),
    excludedWindows: sortedWindows(windows),
  };
}

/** The calendar that a whole one takes the place of. @throws ProblemError `validation_failed` */
export async function replacingCalendar(calendar: Calendar, body: unknown): Promise<CalendarDefinition> {
  return toCalendarDefinition(await replacingRequest(CalendarRequest, replacedOf(calendar), body));
}

/** The calendar after a merge patch. @throws ProblemError `validation_failed` */
export async function patchedCalendar(calendar: Calendar, patch: unknown): Promise<CalendarDefinition> {
  return toCalendarDefinition(await patchedRequest(CalendarRequest, replacedOf(calendar), patch));
}

function replacedOf(calendar: Calendar) {
  return { request: requestOf(calendar), response: toCalendarResponse(calendar) };
}

/** What a client would send to get this very calendar: the document that a merge patch applies to. */
function requestOf(calendar: Calendar): Readonly<Record<keyof CalendarRequest, unknown>> {
  return {
    name: calendar.name,
    timezone: calendar.timezone,
    excludedDates: calendar.excludedDates,
    excludedWeekdays: calendar.excludedWeekdays,
    excludedWindows: calendar.excludedWindows,
  };
}

function sortedWeekdays(weekdays: readonly (number | string)[]): number[] {
  const numbers = weekdays.map(weekdayNamed).filter((weekday) => weekday !== null);
  return [...new Set(numbers)].sort((a, b) => a - b);
}
