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

/**
 * The next `count` fire times strictly after `from` (epoch ms); fewer when the schedule ends. One by one, because each may
 * lead to years in which nobody has looked up the zone's clock changes yet: 0.5 ms a year.
 */
export function* previewFireTimes(
  recurrence: Pick<Instants, 'nextAfter'>,
  timezone: string,
  from: number,
  count: number,
): Generator<FireTime, void> {
  let after = from;
  for (let shown = 0; shown < count; shown += 1) {
    const instant = recurrence.nextAfter(after);
    if (instant === null) return;
    yield { utc: new Date(instant).toISOString(), ...localTimeAt(instant, timezone) };
    after = instant;
  }
}
