import type { Need } from '../equipment.js';
import type { QueueBackend } from '../options.js';
import type { Random } from '../random.js';
import type { Site } from '../site.js';
import type { TargetLog } from '../target-log.js';

/** One way to break a site, and what the contract then allows. */
export interface FaultKind {
  readonly kind: string;
  /** Contract §1.4: 25 s after a crash, 30 s after an outage's end. */
  readonly recoveryMs: number;
  /** Whether a try may be lost and delivered again. An outage that is shorter than a lease costs none. */
  readonly costsTries: boolean;
  /** Nobody may notice it: not even a start may be late on its account. Default false. */
  readonly isHarmless?: boolean;
  /** What the machine must have for it; skipped, and said so, where it has not. */
  readonly needs?: Need;
  /** Only where the queue lives there. */
  readonly onlyFor?: QueueBackend;
  /** Resolves when the cause is gone, which is not yet its effect. @returns whom it was done to */
  inflict(site: Site, random: Random, target: TargetLog): Promise<string>;
}

export const CRASH_RECOVERY_MS = 25_000;
export const OUTAGE_RECOVERY_MS = 30_000;
/** Nothing is lost, but the machine is busy starting processes. */
export const RESTART_RECOVERY_MS = 5_000;
