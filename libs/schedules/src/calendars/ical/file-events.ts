import ICAL from 'ical.js';
import { IcalError } from './ical-error.js';

/** An event as the library reads it, with what it forgets. */
export interface FileEvent {
  readonly event: ICAL.Event;
  /** The TZID of its start. */
  readonly tzid: string | undefined;
}

/**
 * The events of a file, those that were cancelled left out. A change to one occurrence (RECURRENCE-ID) belongs to its
 * event, which knows it.
 * @throws IcalError
 */
export function readEvents(text: string): FileEvent[] {
  const calendars = parse(text);
  if (calendars.length === 0) throw new IcalError('there is no VCALENDAR in it');
  const events = calendars.flatMap((calendar) => eventsOf(calendar.getAllSubcomponents('vevent')));
  return events.filter(({ event }) => !isCancelled(event) && !event.isRecurrenceException());
}

export function isCancelled({ component }: ICAL.Event): boolean {
  return component.getFirstPropertyValue('status') === 'CANCELLED';
}

function parse(text: string): ICAL.Component[] {
  const jcal = ICAL.parse(text) as unknown[];
  const roots = typeof jcal[0] === 'string' ? [jcal] : jcal;
  return roots
    .map((root) => new ICAL.Component(root as unknown[]))
    .filter(({ name }) => name === 'vcalendar');
}

function eventsOf(components: readonly ICAL.Component[]): FileEvent[] {
  const changes = changesByUid(components);
  return components.map((component) => readEvent(component, changes.get(uidOf(component)) ?? []));
}

function changesByUid(components: readonly ICAL.Component[]): ReadonlyMap<string, ICAL.Component[]> {
  const changes = new Map<string, ICAL.Component[]>();
  for (const component of components.filter(isChange)) {
    const uid = uidOf(component);
    const ofEvent = changes.get(uid) ?? [];
    ofEvent.push(component);
    changes.set(uid, ofEvent);
  }
  return changes;
}

function isChange(component: ICAL.Component): boolean {
  return component.hasProperty('recurrence-id');
}

function uidOf(component: ICAL.Component): string {
  return String(component.getFirstPropertyValue('uid'));
}

/** Left to itself the library takes the changes to all events for each one's, and looks for them as often. */
function readEvent(component: ICAL.Component, changes: ICAL.Component[]): FileEvent {
  const start = component.getFirstProperty('dtstart');
  if (start === null) throw new IcalError('an event has no DTSTART');
  refuseImpossibleDate(start);
  const end = component.getFirstProperty('dtend');
  if (end !== null) refuseImpossibleDate(end);
  const exceptions = isChange(component) ? [] : changes;
  const event = new ICAL.Event(component, { exceptions });
  return { event, tzid: start.getParameter('tzid') as string | undefined };
}

/** ical.js takes 31 February for 3 March. */
function refuseImpossibleDate(property: ICAL.Property): void {
  const [, , , written] = property.jCal as unknown[];
  const read = String(property.getFirstValue());
  if (read !== written)
    throw new IcalError(`${property.name.toUpperCase()} ${String(written)} does not exist`);
}
