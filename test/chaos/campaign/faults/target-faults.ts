import { setTimeout as delay } from 'node:timers/promises';
import { type FaultKind, OUTAGE_RECOVERY_MS } from './fault-kind.js';

/**
 * Longer than a job's retries last, so that without a circuit its runs would be lost; shorter than the 10 s for which a
 * circuit holds a run at least.
 */
const [SHORTEST_MS, LONGEST_MS] = [5_000, 9_000];

/** The target refuses connections, which costs no call that it ever saw. */
const targetAway: FaultKind = {
  kind: 'target-away',
  recoveryMs: OUTAGE_RECOVERY_MS,
  costsTries: false,
  async inflict(_site, random, target) {
    target.goAway();
    await delay(random.between(SHORTEST_MS, LONGEST_MS));
    await target.comeBack();
    return 'the target';
  },
};

export const TARGET_FAULTS: readonly FaultKind[] = [targetAway];
