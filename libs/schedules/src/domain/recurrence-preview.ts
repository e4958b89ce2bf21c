import { localTimeAt } from './local-time.js';
import type { Instants } from './instants.js';

export interface FireTime {
  /** RFC 3339 in UTC with milliseconds */
  readonly utc: string;
  /** `YYYY-MM-DDTHH:mm:ss` in the schedule's zone */
  readonly local: string;
  /** `+02:00` */
  readonly offset: string;
}

/** The next `count` fire times strictly after `from` (epoch ms); fewer when the schedule ends. */
export function previewFireTimes(
  recurrence: Pick<Instants, 'nextAfter'>,
  timezone: string,
  from: number,
  count: number,
): FireTime[] {
  const fireTimes: FireTime[] = [];
  let instant = count > 0 ? recurrence.nextAfter(from) : null;
  while (instant !== null) {
    fireTimes.push({ utc: new Date(instant).toISOString(), ...localTimeAt(instant, timezone) });
    instant = fireTimes.length < count ? recurrence.nextAfter(instant) : null;
  }
  return fireTimes;
}
