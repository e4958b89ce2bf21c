import type ICAL from 'ical.js';
import { type FileEvent, isCancelled } from './file-events.js';

/** One time that an event takes place. */
export interface Occurrence {
  readonly start: ICAL.Time;
  readonly end: ICAL.Time;
  readonly tzid: string | undefined;
}

/** In seconds since the epoch. */
export interface Horizon {
  readonly from: number;
  readonly to: number;
}

/** What the library's own type of this name should say. */
interface OccurrenceDetails {
  /** The event itself, or the change to this occurrence. */
  readonly item: ICAL.Event;
  readonly startDate: ICAL.Time;
  readonly endDate: ICAL.Time;
}

/**
 * A single event as it stands; of a recurring one the occurrences that end after `horizon.from` and begin before
 * `horizon.to`, with the changes to single ones. The horizon is years wide, so zones do not matter to it.
 */
export function* occurrencesOf({ event, tzid }: FileEvent, horizon: Horizon): Generator<Occurrence> {
  if (!event.isRecurring()) {
    yield { start: event.startDate, end: event.endDate, tzid };
    return;
  }
  const iterator = event.iterator();
  for (let next = nextOf(iterator); next !== undefined; next = nextOf(iterator)) {
    if (next.toUnixTime() >= horizon.to) return;
    const details = event.getOccurrenceDetails(next) as OccurrenceDetails;
    const { startDate: start, endDate: end } = details;
    if (end.toUnixTime() >= horizon.from && !isCancelled(details.item)) yield { start, end, tzid };
  }
}

/** The library's types promise a time, and it gives none when the event has ended. */
function nextOf(iterator: ICAL.RecurExpansion): ICAL.Time | undefined {
  return iterator.next();
}
