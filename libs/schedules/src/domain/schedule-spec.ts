/** WHEN a job runs: the part of a schedule that decides its instants. */
export type ScheduleSpec = CronSpec | IntervalSpec | OneTimeSpec;

export interface CronSpec {
  readonly type: 'cron';
  readonly cronExpression: string;
  readonly timezone: string;
  readonly dstGap: 'next_valid' | 'skip';
  readonly dstOverlap: 'first' | 'second' | 'both';
}

/** Fires at `anchor + k · intervalSeconds`, k ≥ 0; the time zone is for display only. */
export interface IntervalSpec {
  readonly type: 'interval';
  readonly intervalSeconds: number;
  readonly anchor: Date;
  readonly timezone: string;
}

export interface OneTimeSpec {
  readonly type: 'one_time';
  readonly runAt: Date;
  readonly timezone: string;
}

/** Both ends inclusive; null means open. */
export interface RecurrenceBounds {
  readonly startAt: Date | null;
  readonly endAt: Date | null;
}

/** The only three-letter names in the IANA database. ICU knows more, and means surprising places by them: `BST` is Dhaka. */
const IANA_THREE_LETTER_NAMES = new Set('CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET'.split(' '));

/**
 * Whether `name` is an IANA time zone that this runtime's `Intl` knows, links (`US/Eastern`, `Asia/Calcutta`) and
 * `Etc/GMT+5` included. Letter case is left to `Intl`, which ignores it, as RFC 6557 does: `america/new_york` is accepted.
 * Refused though some runtimes take them: offsets (`+02:00`) and ICU's private names (`PST`, `IST`, `SystemV/…`).
 */
export function isTimeZone(name: string): boolean {
  if (!/^[a-z]/i.test(name) || /^systemv\//i.test(name)) return false;
  if (name.length === 3 && !IANA_THREE_LETTER_NAMES.has(name.toUpperCase())) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
