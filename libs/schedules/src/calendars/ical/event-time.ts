import ICAL from 'ical.js';
import { dayNumberOf, SECONDS_PER_DAY } from '../../domain/civil-date.js';
import { ScheduleSpecError } from '../../domain/schedule-spec-error.js';
import { type Zone, zoneNamed } from '../../domain/zone.js';
import { IcalError } from './ical-error.js';

/**
 * The instant of a time in a file, epoch ms. IANA names go by this service's own rules, like everything it schedules;
 * other names (Outlook's, say) by the VTIMEZONE of the file.
 * @param tzid the TZID beside it
 * @param timezone the zone of times without one
 */
export function instantOf(time: ICAL.Time, tzid: string | undefined, timezone: string): number {
  if (time.zone === ICAL.Timezone.utcTimezone) return time.toUnixTime() * 1_000;
  const name = tzid ?? timezone;
  const zone = zoneOrNull(name);
  if (zone !== null) return instantAtWall(wallOf(time), zone);
  if (time.zone !== ICAL.Timezone.localTimezone) return time.toUnixTime() * 1_000;
  throw new IcalError(`the time zone ${JSON.stringify(name)} is neither IANA's nor described in the file`);
}

/** Zones are kept, so that of thousands of times in one only the first asks what its name means. */
function zoneOrNull(name: string): Zone | null {
  try {
    return zoneNamed(name);
  } catch (error) {
    if (error instanceof ScheduleSpecError) return null;
    throw error;
  }
}

/** The day of a time as the clocks that it was written for show it. */
export function dayOf({ year, month, day }: ICAL.Time): number {
  return dayNumberOf({ year, month, dayOfMonth: day });
}

function wallOf(time: ICAL.Time): number {
  return dayOf(time) * SECONDS_PER_DAY + time.hour * 3_600 + time.minute * 60 + time.second;
}

/** As RFC 5545, 3.3.5 has it: a time that comes twice is the first, one that does not come goes by the offset before. */
function instantAtWall(wall: number, zone: Zone): number {
  const before = wall - zone.spanAt(wall - SECONDS_PER_DAY).offset;
  const after = wall - zone.spanAt(wall + SECONDS_PER_DAY).offset;
  const isAfterChange = wall - zone.spanAt(after).offset === after;
  const isBeforeChange = wall - zone.spanAt(before).offset === before;
  return (isAfterChange && !isBeforeChange ? after : before) * 1_000;
}
