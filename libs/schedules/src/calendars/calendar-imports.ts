import { Injectable } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { type FieldError, ProblemError, validationProblem } from '@app/platform/problem';
import { CalendarsService } from './calendars.service.js';
import { type Calendar, type CalendarDefinition, MAX_CALENDAR_ENTRIES } from './domain/calendar.js';
import { sortedDates, sortedWindows } from './domain/sorted-entries.js';
import type { IcalExclusions, IcalFile } from './ical/exclusions-in-ical.js';
import { IcalError } from './ical/ical-error.js';
import { readIcal } from './ical/read-ical.js';
import { ImportTurns } from './ical/import-turns.js';

/** `add` keeps the dates and windows that the calendar has; `replace` drops them. Weekdays stay. */
export type ImportMode = 'add' | 'replace';

export interface CalendarImport {
  readonly ical: string;
  readonly mode: ImportMode;
}

/** A file as it was read for times in `timezone`. */
interface Imported extends IcalExclusions {
  readonly timezone: string;
}

/** A file takes a core for two seconds at most: half of that is what each that waits costs those behind it. */
const TURNS = { atOnce: 2, waiting: 3 };

@Injectable()
export class CalendarImports {
  private readonly turns = new ImportTurns(TURNS);

  constructor(
    private readonly calendars: CalendarsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Excludes the events of an iCalendar file. The file is read before anything is locked.
   * @throws ProblemError at `/ical`; `calendar_not_found`, `calendar_changed`, `too_many_imports`
   */
  async import(service: string, id: string, { ical, mode }: CalendarImport): Promise<Calendar> {
    const { timezone } = await this.calendars.get(service, id);
    const file = { text: ical, timezone, now: this.clock.now() };
    const imported = { timezone, ...(await this.turns.take(service, () => read(file))) };
    return this.calendars.change(service, id, null, (calendar) => withImported(calendar, imported, mode));
  }
}

/** @throws ProblemError at `/ical` */
async function read(file: IcalFile): Promise<IcalExclusions> {
  try {
    return await readIcal(file);
  } catch (error) {
    throw error instanceof IcalError ? refused('invalid_ical', error.message) : error;
  }
}

function withImported(calendar: Calendar, imported: Imported, mode: ImportMode): CalendarDefinition {
  if (calendar.timezone !== imported.timezone) throw calendarMoved(calendar);
  const kept = mode === 'add' ? calendar : { excludedDates: [], excludedWindows: [] };
  const excludedDates = sortedDates([...kept.excludedDates, ...imported.dates]);
  const excludedWindows = sortedWindows([...kept.excludedWindows, ...imported.windows]);
  const longest = Math.max(excludedDates.length, excludedWindows.length);
  if (longest > MAX_CALENDAR_ENTRIES) throw tooManyEntries(longest);
  return { ...calendar, excludedDates, excludedWindows };
}

/** Times without a zone were read for the one that it had. */
function calendarMoved({ id, timezone }: Calendar): ProblemError {
  const detail = `Calendar ${id} was given the time zone ${timezone} while the file was read. Send the file again.`;
  return new ProblemError('conflict', 'calendar_changed', detail);
}

function tooManyEntries(count: number): Error {
  const detail = `with it the calendar would have ${count} entries of one kind; ${MAX_CALENDAR_ENTRIES} are allowed`;
  return refused('too_many_entries', detail);
}

function refused(code: FieldError['code'], detail: string): Error {
  return validationProblem([{ pointer: '/ical', code, detail }]);
}
