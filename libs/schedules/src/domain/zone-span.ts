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
