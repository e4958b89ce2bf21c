import { dayNumberOf, SECONDS_PER_DAY } from './civil-date.js';

/** No zone changed its local mean time before; earlier years only make `Intl` speak of eras. */
const EARLIEST_PROBE_SECONDS = dayNumberOf({ year: 1800, month: 1, dayOfMonth: 1 }) * SECONDS_PER_DAY;
/** The last instant a `Date` can hold, the year 275760. */
const LATEST_PROBE_SECONDS = 8.64e12;

/**
 * The UTC offset of a zone at an epoch second, in seconds, as `Intl` has it: the fields of the local time are read
 * back, because offsets had seconds in them before zones were rounded (New York -4:56:02).
 */
export function zoneOffsetReader(zoneName: string): (epochSeconds: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zoneName,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (epochSeconds) => {
    const probed = Math.min(Math.max(epochSeconds, EARLIEST_PROBE_SECONDS), LATEST_PROBE_SECONDS);
    const [month = 0, dayOfMonth = 0, year = 0, hour = 0, minute = 0, second = 0] = (
      format.format(probed * 1_000).match(/\d+/g) ?? []
    ).map(Number);
    const localDay = dayNumberOf({ year, month, dayOfMonth });
    return localDay * SECONDS_PER_DAY + hour * 3_600 + minute * 60 + second - probed;
  };
}
