import type { CronSpec } from './schedule-spec.js';
import type { WallTimes } from './wall-times.js';
import type { ClockChange, ZoneSpan } from './zone-span.js';

/**
 * What a clock change does to a cron expression, after Debian's cron.
 *
 * A wildcard expression runs by elapsed time and these rules leave it alone. A fixed-time one does not lose its run to
 * a gap nor double it in a repeated hour. Debian takes a change of more than three hours for a new date rather than
 * for summer time, and so makes nothing up (Apia, 2011-12-30) and holds nothing back (Kwajalein, 1969-09-30).
 */
export class ClockChangeRules {
  constructor(
    private readonly wallTimes: WallTimes,
    private readonly isWildcard: boolean,
    private readonly policy: Pick<CronSpec, 'dstGap' | 'dstOverlap'>,
  ) {}

  /** Whether the span begins with one run for all that its opening gap swallowed. */
  makesUpFor(span: ZoneSpan): boolean {
    const gap = span.openedBy;
    if (this.isWildcard || this.policy.dstGap === 'skip') return false;
    return gap?.at === span.from && isShortGap(gap) && this.swallows(gap);
  }

  /** Whether some matching wall time falls into the gap. */
  swallows(gap: ClockChange): boolean {
    return this.wallTimes.next(gap.at + gap.offsetBefore) < gap.at + gap.offsetAfter;
  }

  /** Whether some matching wall time comes twice. */
  repeats(overlap: ClockChange): boolean {
    return this.wallTimes.next(overlap.at + overlap.offsetAfter) < overlap.at + overlap.offsetBefore;
  }

  /** The first wall second of the span that counts; after a repeated hour whose second pass does not. */
  firstWall(span: ZoneSpan): number {
    const start = span.from + span.offset;
    const overlap = span.openedBy;
    if (this.isWildcard || this.policy.dstOverlap !== 'first') return start;
    return overlap !== null && isShortOverlap(overlap)
      ? Math.max(start, overlap.at + overlap.offsetBefore)
      : start;
  }

  /** The first wall second past the span that does not count any more; before a repeated hour whose first pass does not. */
  endWall(span: ZoneSpan): number {
    const end = span.to + span.offset;
    const overlap = span.closedBy;
    if (this.isWildcard || this.policy.dstOverlap !== 'second') return end;
    return overlap !== null && isShortOverlap(overlap)
      ? Math.min(end, overlap.at + overlap.offsetAfter)
      : end;
  }
}

const LONGEST_SUMMER_TIME_CHANGE_SECONDS = 3 * 3_600;

export function isGap(change: ClockChange): boolean {
  return change.offsetAfter > change.offsetBefore;
}

export function isShortGap(change: ClockChange): boolean {
  return isGap(change) && change.offsetAfter - change.offsetBefore <= LONGEST_SUMMER_TIME_CHANGE_SECONDS;
}

export function isShortOverlap(change: ClockChange): boolean {
  return !isGap(change) && change.offsetBefore - change.offsetAfter <= LONGEST_SUMMER_TIME_CHANGE_SECONDS;
}
