import { SECONDS_PER_DAY } from './civil-date.js';
import { ClockChangeRules } from './clock-change-rules.js';
import { parseCronExpression } from './cron-expression.js';
import { type Instants, SEARCH_HORIZON_MS } from './instants.js';
import { ScheduleSpecError } from './schedule-spec-error.js';
import type { CronSpec } from './schedule-spec.js';
import { WallTimes } from './wall-times.js';
import { zoneNamed, type Zone } from './zone.js';
import type { ZoneSpan } from './zone-span.js';

/** Throws ScheduleSpecError for a bad expression, an unknown zone, and dates that no year has. */
export function compileCron(spec: CronSpec, seed: string): Instants {
  const zone = zoneNamed(spec.timezone);
  const expression = parseCronExpression(spec.cronExpression, seed);
  const wallTimes = new WallTimes(expression);
  if (!wallTimes.everMatch()) {
    const message = `"${spec.cronExpression}" never fires: no year has such a day`;
    throw new ScheduleSpecError('never_fires', 'cronExpression', message);
  }
  return new CronInstants(wallTimes, zone, new ClockChangeRules(wallTimes, expression.isWildcard, spec));
}

/**
 * The instants of a cron expression in a zone. Time is walked in spans of one UTC offset; inside a span an instant is a
 * wall time less the offset, and the rules for clock changes apply at its two ends only. What fires is thus a property
 * of the span, whoever asks and from wherever. Seconds inside, milliseconds at the door.
 */
class CronInstants implements Instants {
  constructor(
    private readonly wallTimes: WallTimes,
    private readonly zone: Zone,
    private readonly rules: ClockChangeRules,
  ) {}

  nextAfter(after: number, until = Infinity): number | null {
    const end = Math.min(until, after + SEARCH_HORIZON_MS, LATEST_MS);
    let from = Math.floor(after / 1_000) + 1;
    while (from * 1_000 <= end) {
      const span = this.zone.spanAt(from);
      if (from === span.from && this.rules.makesUpFor(span)) return notAfter(end, from);

      const wall = this.wallTimes.next(Math.max(from + span.offset, this.rules.firstWall(span)));
      if (wall < this.rules.endWall(span)) return notAfter(end, wall - span.offset);

      const leap = span.to - from >= FAR_SECONDS ? wall - span.offset - FAR_SECONDS : span.to;
      from = Math.max(span.to, leap);
    }
    return null;
  }

  latestAtOrBefore(at: number, after: number): number | null {
    const start = Math.max(after, at - SEARCH_HORIZON_MS);
    let until = Math.floor(at / 1_000);
    while (until * 1_000 > start) {
      const span = this.zone.spanAt(until);
      const wall = this.wallTimes.previous(Math.min(until + span.offset, this.rules.endWall(span) - 1));
      if (wall >= this.rules.firstWall(span)) return notAtOrBefore(after, wall - span.offset);
      if (this.rules.makesUpFor(span)) return notAtOrBefore(after, span.from);

      const leap = until - span.from >= FAR_SECONDS ? wall - span.offset + FAR_SECONDS : span.from - 1;
      until = Math.min(span.from - 1, leap);
    }
    return null;
  }

  /** Span by span: a year has three or so, and inside one the days repeat. */
  countIn(after: number, until: number): number {
    const end = Math.floor(until / 1_000) + 1;
    let count = 0;
    let from = Math.floor(after / 1_000) + 1;
    while (from < end) {
      const span = this.zone.spanAt(from);
      count += this.#countInSpan(span, from, Math.min(end, span.to));
      from = span.to;
    }
    return count;
  }

  #countInSpan(span: ZoneSpan, from: number, to: number): number {
    const firstWall = Math.max(from + span.offset, this.rules.firstWall(span));
    const endWall = Math.min(to + span.offset, this.rules.endWall(span));
    const regular = this.wallTimes.countIn(firstWall, endWall);
    const isMadeUp = from === span.from && this.rules.makesUpFor(span);
    return isMadeUp && this.wallTimes.next(firstWall) !== firstWall ? regular + 1 : regular;
  }
}

/**
 * After a span without a match the search may leap to where the wall clock comes near the next one, if the span was
 * long enough that none of the wall times it showed can come again. Offsets lie within ±15:14 h of UTC, so two days do.
 */
const FAR_SECONDS = 2 * SECONDS_PER_DAY;

/** The last instant a `Date` can hold, the year 275760. */
const LATEST_MS = 8.64e15;

function notAfter(end: number, seconds: number): number | null {
  return seconds * 1_000 <= end ? seconds * 1_000 : null;
}

function notAtOrBefore(after: number, seconds: number): number | null {
  return seconds * 1_000 > after ? seconds * 1_000 : null;
}
