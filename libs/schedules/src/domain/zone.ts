import { SECONDS_PER_DAY } from './civil-date.js';
import { isTimeZone } from './schedule-spec.js';
import { ScheduleSpecError } from './schedule-spec-error.js';
import { zoneOffsetReader } from './zone-offset.js';

/** The instant at which a zone's clocks are moved, and from where to where. All in seconds. */
export interface ClockChange {
  readonly at: number;
  readonly offsetBefore: number;
  readonly offsetAfter: number;
}

/** A stretch of time [from, to) with one UTC offset, between two clock changes or the edges of a page. All in seconds. */
export interface ZoneSpan {
  readonly from: number;
  readonly to: number;
  readonly offset: number;
  /** The change that began this offset, if it is near enough to matter here. */
  readonly openedBy: ClockChange | null;
  /** The change that ends this offset, if it is near enough to matter here. */
  readonly closedBy: ClockChange | null;
}

/** Throws ScheduleSpecError for a name that is no time zone. */
export function zoneNamed(name: string): Zone {
  const key = name.toLowerCase();
  const known = zones.get(key);
  if (known !== undefined) return known;
  if (!isTimeZone(name)) throw new ScheduleSpecError('unknown_time_zone', 'timezone', explainZone(name));

  const zone = new Zone(zoneOffsetReader(name));
  zones.set(key, zone);
  return zone;
}

/** At most some 600 names pass isTimeZone, so this cannot grow without end. */
const zones = new Map<string, Zone>();

function explainZone(name: string): string {
  const hint = /^(utc|gmt)?\s*[+-]\d/i.test(name)
    ? '; an offset does not know about clock changes, name the place, or use Etc/GMT-2 for UTC+2'
    : ', such as UTC, Europe/Berlin or America/New_York';
  return `"${name}" is not an IANA time zone${hint}`;
}

/**
 * The clock changes of one zone, found by asking `Intl` for its offset and remembered.
 * Kept in pages of 366 days built when first asked for, so that a question about 2400 does not cost 375 years.
 */
export class Zone {
  readonly #pages = new Map<number, readonly ZoneSpan[]>();
  #lastSpan: ZoneSpan = { from: 0, to: 0, offset: 0, openedBy: null, closedBy: null };

  constructor(private readonly offsetAt: (epochSeconds: number) => number) {}

  spanAt(epochSeconds: number): ZoneSpan {
    const last = this.#lastSpan;
    if (epochSeconds >= last.from && epochSeconds < last.to) return last;

    const page = this.#pageAt(Math.floor(epochSeconds / PAGE_SECONDS));
    return (this.#lastSpan = page.find((span) => epochSeconds < span.to)!);
  }

  /** Clock changes at from ≤ instant < to, in order. */
  changesIn(from: number, to: number): ClockChange[] {
    const changes: ClockChange[] = [];
    for (let span = this.spanAt(from); span.from < to; span = this.spanAt(span.to)) {
      const { openedBy } = span;
      if (openedBy?.at === span.from && openedBy.at >= from) changes.push(openedBy);
    }
    return changes;
  }

  #pageAt(index: number): readonly ZoneSpan[] {
    const known = this.#pages.get(index);
    if (known !== undefined) return known;

    if (this.#pages.size >= MAX_PAGES) this.#pages.clear();
    const page = this.#buildPage(index * PAGE_SECONDS);
    this.#pages.set(index, page);
    return page;
  }

  /** Looks a little over both edges: a change just outside still repeats or drops an hour inside. */
  #buildPage(from: number): ZoneSpan[] {
    const to = from + PAGE_SECONDS;
    const changes = this.#findChanges(from - PAGE_MARGIN_SECONDS, to + PAGE_MARGIN_SECONDS);
    const spans: ZoneSpan[] = [];
    for (let index = 0; index <= changes.length; index += 1) {
      const openedBy = changes[index - 1] ?? null;
      const closedBy = changes[index] ?? null;
      const offset = openedBy?.offsetAfter ?? closedBy?.offsetBefore ?? this.offsetAt(from);
      const span = {
        from: Math.max(from, openedBy?.at ?? from),
        to: Math.min(to, closedBy?.at ?? to),
        offset,
        openedBy,
        closedBy,
      };
      if (span.from < span.to) spans.push(span);
    }
    return spans;
  }

  #findChanges(from: number, to: number): ClockChange[] {
    const changes: ClockChange[] = [];
    let offsetBefore = this.offsetAt(from);
    for (let probe = from + PROBE_SECONDS; probe <= to; probe += PROBE_SECONDS) {
      const offsetAfter = this.offsetAt(probe);
      if (offsetAfter === offsetBefore) continue;
      changes.push({
        at: this.#bisectChange(probe - PROBE_SECONDS, probe, offsetBefore),
        offsetBefore,
        offsetAfter,
      });
      offsetBefore = offsetAfter;
    }
    return changes;
  }

  /** The first second after `before` that no longer has its offset. */
  #bisectChange(before: number, after: number, offsetBefore: number): number {
    let [low, high] = [before, after];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (this.offsetAt(middle) === offsetBefore) low = middle;
      else high = middle;
    }
    return high;
  }
}

/**
 * The shortest zone rule on record lasted just under 4 days (Freetown, September 1939; next are Recife in 2000 and Gaza
 * in years to come with just under 7), so probes 3 days apart miss none and never have two changes between them.
 */
const PROBE_SECONDS = 3 * SECONDS_PER_DAY;
const PAGE_SECONDS = 366 * SECONDS_PER_DAY;
const PAGE_MARGIN_SECONDS = PROBE_SECONDS;
const MAX_PAGES = 1_024;
