import { civilDateOf } from '../../domain/civil-date.js';
import { type ExcludedWindow, MAX_CALENDAR_ENTRIES } from '../domain/calendar.js';
import { dayOf, instantOf } from './event-time.js';
import { IcalError } from './ical-error.js';
import { type Occurrence, occurrencesOf } from './occurrences.js';
import { readEvents } from './read-ical.js';
import { OutOfTime, timeLimited } from './time-limited.js';

/** What a file adds to a calendar. */
export interface IcalExclusions {
  readonly dates: readonly string[];
  readonly windows: readonly ExcludedWindow[];
}

const RECURRENCE_YEARS = 5;
const YEAR_SECONDS = 365.25 * 86_400;
/** A file of 5,000 entries takes some 100 ms; a rule that never matches takes the library for ever. */
const TIME_LIMIT_MS = 1_000;

/**
 * Whole-day events as dates, timed ones as windows, recurring ones for the next five years.
 * @param timezone the zone of times that name none
 * @throws IcalError for what is no iCalendar, has too many entries or a rule that cannot be followed
 */
export function exclusionsInIcal(
  text: string,
  timezone: string,
  now: Date,
  timeLimitMs: number = TIME_LIMIT_MS,
): IcalExclusions {
  try {
    return timeLimited(timeLimitMs, () => collect(text, timezone, now));
  } catch (error) {
    throw explained(error);
  }
}

function collect(text: string, timezone: string, now: Date): IcalExclusions {
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
  if (error instanceof OutOfTime) return new IcalError('its recurrence rules take too long to follow');
  const detail = error instanceof Error && !(error instanceof TypeError) ? `: ${error.message}` : '';
  return new IcalError(`it cannot be read as iCalendar${detail.slice(0, 200)}`);
}
