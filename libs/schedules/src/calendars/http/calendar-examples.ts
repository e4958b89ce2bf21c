import type { CalendarRequest } from './calendar.request.js';
import type { ImportCalendarRequest } from './import-calendar.request.js';

interface Example {
  readonly summary: string;
  readonly value: unknown;
}

const holidays: CalendarRequest = {
  name: 'holidays-de',
  timezone: 'Europe/Berlin',
  excludedDates: ['2026-12-25', '2026-12-26', '2027-01-01'],
};

const quietTimes: CalendarRequest = {
  name: 'quiet-times',
  excludedWeekdays: ['SAT', 'SUN'],
  excludedWindows: [{ from: '2026-12-24T12:00:00Z', to: '2026-12-27T00:00:00Z' }],
};

/** Bodies that Swagger UI's "Try it out" sends as they stand. */
export const CALENDAR_EXAMPLES: Readonly<Record<string, Example>> = {
  dates: { summary: 'Public holidays', value: holidays },
  times: { summary: 'Weekends, and a freeze over Christmas', value: quietTimes },
};

export const CALENDAR_PATCH_EXAMPLES: Readonly<Record<string, Example>> = {
  weekends: { summary: 'Weekends too', value: { excludedWeekdays: [0, 6] } },
};

const newYear: ImportCalendarRequest = {
  ical: [
    'BEGIN:VCALENDAR',
    'BEGIN:VEVENT',
    'UID:new-year@example.org',
    'DTSTART;VALUE=DATE:20260101',
    'RRULE:FREQ=YEARLY',
    'END:VEVENT',
    'END:VCALENDAR',
  ].join('\r\n'),
  mode: 'add',
};

export const IMPORT_EXAMPLES: Readonly<Record<string, Example>> = {
  new_year: { summary: "New Year's Day, every year", value: newYear },
};
