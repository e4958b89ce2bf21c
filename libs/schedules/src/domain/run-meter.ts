import type { RunAllowance } from '@app/access';
import { type PlannedFiring, skipped } from './planned-firing.js';

/** Lets runs through until the quota is used up. Without a quota (null) it never is. */
export class RunMeter {
  #left: number;

  constructor(private readonly quota: RunAllowance | null) {
    this.#left = quota?.left ?? Infinity;
  }

  admit(firing: PlannedFiring): PlannedFiring {
    if (firing.state !== 'pending') return firing;
    if (this.#left <= 0) return overQuota(firing, this.quota);
    this.#left -= 1;
    return firing;
  }
}

export function overQuota(firing: PlannedFiring, quota: RunAllowance | null): PlannedFiring {
  return skipped(firing, 'quota', { maxRunsPerMinute: quota?.most });
}
