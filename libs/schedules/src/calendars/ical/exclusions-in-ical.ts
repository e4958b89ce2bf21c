import { civilDateOf } from '../../domain/civil-date.js';
import { type ExcludedWindow, MAX_CALENDAR_ENTRIES } from '../domain/calendar.js';
import { dayOf, instantOf } from './event-time.js';
import { IcalError } from './ical-error.js';
import { type Occurrence, occurrencesOf } from './occurrences.js';
import { readEvents } from './file-events.js';

/** A file, and what its reading depends on. */
export interface IcalFile {
  readonly text: string;
  /** Of times that name none. */
  readonly timezone: string;
  readonly now: Date;
}

/** What a file adds to a calendar. */
export interface IcalExclusions {
  readonly dates: readonly string[];
  readonly windows: readonly ExcludedWindow[];
}

const RECURRENCE_YEARS = 5;
const YEAR_SECONDS = 365.25 * 86_400;
/**
 * Whole-day events as dates, timed ones as windows, recurring ones for the next five years. It need not end: a rule that
 * never matches keeps the library looking for ever.
 * @throws IcalError for what is no iCalendar, has too many entries or a rule that cannot be followed
 */
export function exclusionsInIcal(file: IcalFile): IcalExclusions {
  try {
    return collect(file);
  } catch (error) {
    throw explained(error);
  }
}

function collect({ text, timezone, now }: IcalFile): IcalExclusions {
  const from = now.getTime() / 1_000;
  const horizon = { from, to: from + RECURRENCE_YEARS * YEAR_SECONDS };
  const dates: string[] = [];
  const windows: ExcludedWindow[] = [];
  for (const fileEvent of readEvents(text)) {
    for (const occurrence of occurrencesOf(fileEvent, horizon)) {
      if (occurrence.start.isDate) dates.push(...datesOf(occurrence));
      else windows.push(...windowsOf(occurrence, timezone));
      refuseIfTooMany(dates.length + windows.length);
    }
  }
  return { dates, windows };
}

/** From the first day up to but without the last, as DTEND means it. */
function datesOf({ start, end }: Occurrence): string[] {
  const first = dayOf(start);
  const length = Math.max(dayOf(end) - first, 1);
  refuseIfTooMany(length);
  return Array.from({ length }, (_, index) => dateText(first + index));
}

/** An event that takes no time excludes nothing. */
function windowsOf({ start, end, tzid }: Occurrence, timezone: string): ExcludedWindow[] {
  const from = instantOf(start, tzid, timezone);
  const to = instantOf(end, tzid, timezone);
  if (to < from) throw new IcalError(`an event ends before it begins, at ${start.toString()}`);
  return to === from ? [] : [{ from: new Date(from).toISOString(), to: new Date(to).toISOString() }];
}

function dateText(dayNumber: number): string {
  const { year, month, dayOfMonth } = civilDateOf(dayNumber);
  const twoDigits = (value: number) => String(value).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${twoDigits(month)}-${twoDigits(dayOfMonth)}`;
}

function refuseIfTooMany(entries: number): void {
  if (entries <= MAX_CALENDAR_ENTRIES) return;
  throw new IcalError(
    `it has more than ${MAX_CALENDAR_ENTRIES} days and windows in the next ${RECURRENCE_YEARS} years`,
  );
}

/** What ical.js throws about a text is about that text; its TypeErrors only say so badly. */
function explained(error: unknown): IcalError {
  if (error instanceof IcalError) return error;
  const detail = error instanceof Error && !(error instanceof TypeError) ? `: ${error.message}` : '';
  return new IcalError(`it cannot be read as iCalendar${detail.slice(0, 200)}`);
}
