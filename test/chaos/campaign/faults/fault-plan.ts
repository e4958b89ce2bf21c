import type { CampaignOptions } from '../options.js';
import type { Random } from '../random.js';
import { FAIL_POINT_FAULTS } from './fail-point-faults.js';
import type { FaultKind } from './fault-kind.js';
import { NETWORK_FAULTS } from './network-faults.js';
import { PROCESS_FAULTS } from './process-faults.js';
import { STORE_FAULTS } from './store-faults.js';

const ALL: readonly FaultKind[] = [
  ...PROCESS_FAULTS,
  ...STORE_FAULTS,
  ...NETWORK_FAULTS,
  ...FAIL_POINT_FAULTS,
];

/** The faults of a campaign without end: each of them once in a round, in an order that the seed decides. */
export function* faultPlan(options: CampaignOptions, random: Random): Generator<FaultKind, never> {
  const chosen = options.faults.map(byName);
  const possible = ALL.filter(({ onlyFor }) => onlyFor === undefined || onlyFor === options.backend);
  for (;;) yield* chosen.length > 0 ? chosen : random.shuffled(possible);
}

function byName(kind: string): FaultKind {
  const fault = ALL.find((one) => one.kind === kind);
  if (fault) return fault;
  throw new Error(`--faults: there is no "${kind}"; there are ${ALL.map((one) => one.kind).join(', ')}`);
}
