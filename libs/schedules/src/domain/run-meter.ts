import { type PlannedFiring, skipped } from './planned-firing.js';

/** How many runs the schedule's service may start before its minute is over. */
export interface RunQuota {
  readonly left: number;
  /** Its `maxRunsPerMinute`. */
  readonly most: number;
}

/** Lets runs through until the quota is used up. Without a quota (null) it never is. */
export class RunMeter {
  #left: number;

  constructor(private readonly quota: RunQuota | null) {
    this.#left = quota?.left ?? Infinity;
  }

  admit(firing: PlannedFiring): PlannedFiring {
    if (firing.state !== 'pending') return firing;
    if (this.#left <= 0) return overQuota(firing, this.quota);
    this.#left -= 1;
    return firing;
  }
}

export function overQuota(firing: PlannedFiring, quota: RunQuota | null): PlannedFiring {
  return skipped(firing, 'quota', { maxRunsPerMinute: quota?.most });
}
