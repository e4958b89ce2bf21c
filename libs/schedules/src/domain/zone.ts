import { DAYS_IN_CALENDAR_CYCLE, SECONDS_PER_DAY } from './civil-date.js';
import { isTimeZone } from './schedule-spec.js';
import { ScheduleSpecError } from './schedule-spec-error.js';
import { zoneOffsetReader } from './zone-offset.js';
import { PageMemory, ZonePages } from './zone-pages.js';
import type { ClockChange, ZoneSpan } from './zone-span.js';

/** Throws ScheduleSpecError for a name that is no time zone. */
export function zoneNamed(name: string): Zone {
  const key = name.toLowerCase();
  const known = zones.get(key);
  if (known !== undefined) return known;
  if (!isTimeZone(name)) throw new ScheduleSpecError('unknown_time_zone', 'timezone', explainZone(name));

  const zone = new Zone(zoneOffsetReader(name), pagesOfAll);
  zones.set(key, zone);
  return zone;
}

/** At most some 600 names pass isTimeZone, so this cannot grow without end. */
const zones = new Map<string, Zone>();

const pagesOfAll = new PageMemory();

function explainZone(name: string): string {
  const hint = /^(utc|gmt)?\s*[+-]\d/i.test(name)
    ? '; an offset does not know about clock changes, name the place, or use Etc/GMT-2 for UTC+2'
    : ', such as UTC, Europe/Berlin or America/New_York';
  return `"${name}" is not an IANA time zone${hint}`;
}

/**
 * The clock changes of one zone, found by asking `Intl` for its offset and remembered, as long as there is room.
 * Kept in pages of 366 days built when first asked for, so that a question about 2400 does not cost 375 years; and no more
 * than 700 pages, because what comes after the year 2500 is looked up 400 years or a multiple of them before.
 */
export class Zone {
  readonly #pages: ZonePages;
  #lastSpan: ZoneSpan = { from: 0, to: 0, offset: 0, openedBy: null, closedBy: null };

  constructor(
    private readonly offsetAt: (epochSeconds: number) => number,
    memory: PageMemory = new PageMemory(),
  ) {
    this.#pages = new ZonePages(memory);
  }

  spanAt(epochSeconds: number): ZoneSpan {
    const last = this.#lastSpan;
    if (epochSeconds >= last.from && epochSeconds < last.to) return last;

    const isBeforeAll = epochSeconds < FIRST_PAGE * PAGE_SECONDS;
    return (this.#lastSpan = isBeforeAll ? this.#beforeAll() : this.#repeatedSpanAt(epochSeconds));
  }

  #beforeAll(): ZoneSpan {
    const to = FIRST_PAGE * PAGE_SECONDS;
    return { from: -Infinity, to, offset: this.offsetAt(to), openedBy: null, closedBy: null };
  }

  #repeatedSpanAt(epochSeconds: number): ZoneSpan {
    const cycles = Math.max(0, Math.floor((epochSeconds - REPEATS_FROM_SECONDS) / CYCLE_SECONDS));
    const earlier = epochSeconds - cycles * CYCLE_SECONDS;
    const page = this.#pageAt(Math.floor(earlier / PAGE_SECONDS));
    const span = page.find(({ to }) => earlier < to)!;
    return cycles === 0 ? span : laterBy(cycles * CYCLE_SECONDS, span);
  }

  /** Clock changes at from ≤ instant < to, in order. */
  changesIn(from: number, to: number): ClockChange[] {
    const changes: ClockChange[] = [];
    for (let at = from; at < to;) {
      const span = this.spanAt(at);
      // A span may begin before the one that led to it has ended: where its page is that of 400 years before.
      if (span.openedBy?.at === span.from && span.from >= at) changes.push(span.openedBy);
      at = span.to;
    }
    return changes;
  }

  #pageAt(index: number): readonly ZoneSpan[] {
    const known = this.#pages.get(index);
    if (known !== null) return known;

    const page = this.#buildPage(index * PAGE_SECONDS);
    this.#pages.add(index, page);
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
/** Local mean times reach further back, unchanged: that of 1800 is the first that `zoneOffsetReader` asks for. */
const FIRST_PAGE = Math.floor(Date.UTC(1799, 0, 1) / 1_000 / PAGE_SECONDS);

/**
 * By then the last rule for single years is over (Casablanca's, 2087), and all repeats with the calendar. Compared for all
 * zones of tz 2025c at 167,200 instants up to the year 9700: no difference.
 */
const REPEATS_FROM_SECONDS = Date.UTC(2100, 0, 1) / 1_000;
const CYCLE_SECONDS = DAYS_IN_CALENDAR_CYCLE * SECONDS_PER_DAY;

function laterBy(seconds: number, { from, to, offset, openedBy, closedBy }: ZoneSpan): ZoneSpan {
  const later = (change: ClockChange | null) => change && { ...change, at: change.at + seconds };
  return {
    from: from + seconds,
    to: to + seconds,
    offset,
    openedBy: later(openedBy),
    closedBy: later(closedBy),
  };
}
