import { compileCron } from './cron-recurrence.js';
import type { Instants } from './instants.js';
import { compileInterval } from './interval-recurrence.js';
import { compileOneTime } from './one-time-recurrence.js';
import { ScheduleSpecError } from './schedule-spec-error.js';
import type { RecurrenceBounds, ScheduleSpec } from './schedule-spec.js';
import { stableNumberIn } from './stable-hash.js';
import { zoneNamed } from './zone.js';

/** The instants of a schedule, within its bounds. */
export interface Recurrence extends Instants {
  /** The newest `limit` instants in (after, until], ascending. Takes time by `limit`, not by the length of the range. */
  newestIn(after: number, until: number, limit: number): number[];
}

/** `seed` is the schedule's id: `H` in a cron field is a stable value derived from it. Throws ScheduleSpecError. */
export function compileRecurrence(spec: ScheduleSpec, bounds: RecurrenceBounds, seed: string): Recurrence {
  zoneNamed(spec.timezone);
  const first = readBound(bounds.startAt, 'startAt') ?? EARLIEST_MS;
  const last = readBound(bounds.endAt, 'endAt') ?? LATEST_INSTANT_MS;
  if (first > last) {
    throw new ScheduleSpecError(
      'invalid_bounds',
      'endAt',
      'endAt is before startAt, so nothing could ever fire',
    );
  }
  return new BoundedRecurrence(compileInstants(spec, seed), first, last);
}

/** Stable per-schedule jitter in ms in [0, jitterSeconds · 1000], derived from the schedule's id and only from it. */
export function jitterMs(scheduleId: string, jitterSeconds: number): number {
  return stableNumberIn(`${scheduleId}/jitter`, 0, jitterSeconds * 1_000);
}

function compileInstants(spec: ScheduleSpec, seed: string): Instants {
  switch (spec.type) {
    case 'cron':
      return compileCron(spec, seed);
    case 'interval':
      return compileInterval(spec);
    case 'one_time':
      return compileOneTime(spec);
  }
}

/** The first that `Date` can hold. */
const EARLIEST_MS = -8.64e15;
/** The last that RFC 3339 can write: its years have four digits. */
export const LATEST_INSTANT_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

function readBound(bound: Date | null, field: 'startAt' | 'endAt'): number | null {
  if (bound === null) return null;
  if (!Number.isNaN(bound.getTime())) return bound.getTime();
  throw new ScheduleSpecError('invalid_instant', field, `${field} is not an instant`);
}

class BoundedRecurrence implements Recurrence {
  readonly #beforeFirst: number;

  constructor(
    private readonly instants: Instants,
    first: number,
    private readonly last: number,
  ) {
    this.#beforeFirst = first - 1;
  }

  nextAfter(after: number): number | null {
    const next = this.instants.nextAfter(Math.max(after, this.#beforeFirst), this.last);
    return next !== null && next <= this.last ? next : null;
  }

  latestAtOrBefore(at: number, after: number): number | null {
    return this.instants.latestAtOrBefore(Math.min(at, this.last), Math.max(after, this.#beforeFirst));
  }

  newestIn(after: number, until: number, limit: number): number[] {
    const newest: number[] = [];
    let instant = limit > 0 ? this.latestAtOrBefore(until, after) : null;
    while (instant !== null) {
      newest.push(instant);
      instant = newest.length < limit ? this.latestAtOrBefore(instant - 1, after) : null;
    }
    return newest.reverse();
  }

  countIn(after: number, until: number): number {
    return this.instants.countIn(Math.max(after, this.#beforeFirst), Math.min(until, this.last));
  }
}
