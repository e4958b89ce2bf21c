/** The instants that one type of schedule computes, bounds aside. All times are epoch milliseconds; ranges are (after, until]. */
export interface Instants {
  /**
   * First instant > `after`; null when there is none within SEARCH_HORIZON_MS. The same from wherever one asks.
   * @param until need not be looked past, though an instant after it may be the answer
   */
  nextAfter(after: number, until?: number): number | null;
  /** Latest instant ≤ `at` and > `after`; null when none. Computed, not enumerated from `after`. */
  latestAtOrBefore(at: number, after: number): number | null;
  /** Number of instants in (after, until], counted by days rather than one by one. */
  countIn(after: number, until: number): number;
}

/**
 * Nobody looks further for an instant. Calendar and clock changes repeat after 400 years, once the last rule that a zone has
 * for single years is over (2087); so what has not come in 500 never comes: `30 2 * 3 0#2` in New York with `dstGap: "skip"`.
 */
export const SEARCH_HORIZON_MS = 500 * 365.2425 * 86_400_000;

/** Epoch ms: `after` is exclusive, `until` inclusive. */
export interface InstantRange {
  readonly after: number;
  readonly until: number;
}

/** The oldest `limit` instants of the range, and the one that follows them. */
export function oldestIn(
  recurrence: Pick<Instants, 'nextAfter'>,
  { after, until }: InstantRange,
  limit: number,
): { instants: number[]; next: number | null } {
  const instants: number[] = [];
  let next = recurrence.nextAfter(after);
  while (next !== null && next <= until && instants.length < limit) {
    instants.push(next);
    next = recurrence.nextAfter(next);
  }
  return { instants, next };
}
