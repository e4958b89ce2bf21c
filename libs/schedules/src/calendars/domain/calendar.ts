/** From `from` on, up to but not including `to`. RFC 3339 in UTC with milliseconds. */
export interface ExcludedWindow {
  readonly from: string;
  readonly to: string;
}

/** When nothing runs. Lists are sorted and repeat nothing. */
export interface CalendarRules {
  /** The zone in which dates and weekdays begin and end. */
  readonly timezone: string;
  /** `YYYY-MM-DD` */
  readonly excludedDates: readonly string[];
  /** 0 is Sunday, 6 Saturday. */
  readonly excludedWeekdays: readonly number[];
  readonly excludedWindows: readonly ExcludedWindow[];
}

/** What a client decides about a calendar; the rest is the service's. */
export interface CalendarDefinition extends CalendarRules {
  /** Schedules refer to it: unique per service. */
  readonly name: string;
}

/** A named set of times at which the schedules that name it do not run: the stored row. */
export interface Calendar extends CalendarDefinition {
  readonly id: string;
  readonly service: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Entries in a calendar's list of dates, and in its list of windows: decades of holidays, and read in a millisecond. */
export const MAX_CALENDAR_ENTRIES = 5_000;
