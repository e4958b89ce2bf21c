/** The instants that one type of schedule computes, bounds aside. All times are epoch milliseconds; ranges are (after, until]. */
export interface Instants {
  /** First instant strictly after `after`; null when there is none. The same from wherever one asks. */
  nextAfter(after: number): number | null;
  /** Latest instant ≤ `at` and > `after`; null when none. Computed, not enumerated from `after`. */
  latestAtOrBefore(at: number, after: number): number | null;
  /** Number of instants in (after, until], counted by days rather than one by one. */
  countIn(after: number, until: number): number;
}
