import type { Instants } from './instants.js';
import { ScheduleSpecError } from './schedule-spec-error.js';
import type { IntervalSpec } from './schedule-spec.js';

/** Throws ScheduleSpecError for an interval that is no whole number of seconds ≥ 1. */
export function compileInterval(spec: IntervalSpec): Instants {
  const { intervalSeconds, anchor } = spec;
  if (!Number.isSafeInteger(intervalSeconds) || intervalSeconds < 1) {
    const message = `an interval is a whole number of seconds, 1 or more, not ${intervalSeconds}`;
    throw new ScheduleSpecError('invalid_interval', 'intervalSeconds', message);
  }
  if (Number.isNaN(anchor.getTime())) {
    throw new ScheduleSpecError('invalid_instant', 'startAt', 'the anchor of the interval is not an instant');
  }
  return new IntervalInstants(anchor.getTime(), intervalSeconds * 1_000);
}

/** `anchor + k · interval`, k ≥ 0. Every answer starts from the anchor, so nothing can drift. */
class IntervalInstants implements Instants {
  constructor(
    private readonly anchorMs: number,
    private readonly intervalMs: number,
  ) {}

  nextAfter(after: number): number | null {
    return this.anchorMs + this.#countUpTo(after) * this.intervalMs;
  }

  latestAtOrBefore(at: number, after: number): number | null {
    const latest = this.anchorMs + (this.#countUpTo(at) - 1) * this.intervalMs;
    return latest >= this.anchorMs && latest > after ? latest : null;
  }

  countIn(after: number, until: number): number {
    return Math.max(0, this.#countUpTo(until) - this.#countUpTo(after));
  }

  /** How many instants there are from the anchor up to and including `at`. */
  #countUpTo(at: number): number {
    return at < this.anchorMs ? 0 : Math.floor((at - this.anchorMs) / this.intervalMs) + 1;
  }
}
