import type { Need } from '../equipment.js';
import type { CampaignOptions } from '../options.js';
import type { Random } from '../random.js';
import { CLOCK_FAULTS } from './clock-faults.js';
import { FAIL_POINT_FAULTS } from './fail-point-faults.js';
import type { FaultKind } from './fault-kind.js';
import { NETWORK_FAULTS } from './network-faults.js';
import { POISON_FAULTS } from './poison-fault.js';
import { PROCESS_FAULTS } from './process-faults.js';
import { SPACE_FAULTS } from './space-faults.js';
import { STORE_FAULTS } from './store-faults.js';
import { TARGET_FAULTS } from './target-faults.js';

const ALL: readonly FaultKind[] = [
  ...PROCESS_FAULTS,
  ...STORE_FAULTS,
  ...SPACE_FAULTS,
  ...CLOCK_FAULTS,
  ...NETWORK_FAULTS,
  ...FAIL_POINT_FAULTS,
  ...TARGET_FAULTS,
  ...POISON_FAULTS,
];

/** The kinds that were chosen, or all that this backend knows. */
export function possibleFaults({ faults, backend }: CampaignOptions): readonly FaultKind[] {
  if (faults.length > 0) return faults.map(byName);
  return ALL.filter(({ onlyFor }) => onlyFor === undefined || onlyFor === backend);
}

export function needsOf(faults: readonly FaultKind[]): ReadonlySet<Need> {
  return new Set(faults.flatMap(({ needs }) => needs ?? []));
}

/** The faults of a campaign without end: each of them once in a round; chosen ones in that order, all in one that the seed decides. */
export function* faultPlan(
  faults: readonly FaultKind[],
  isChosen: boolean,
  random: Random,
): Generator<FaultKind, never> {
  if (faults.length === 0) throw new Error('this machine allows none of the faults');
  for (;;) yield* isChosen ? faults : random.shuffled(faults);
}

function byName(kind: string): FaultKind {
  const fault = ALL.find((one) => one.kind === kind);
  if (fault) return fault;
  throw new Error(`--faults: there is no "${kind}"; there are ${ALL.map((one) => one.kind).join(', ')}`);
}
