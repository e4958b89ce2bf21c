import { setTimeout as delay } from 'node:timers/promises';
import { checkHistory, type Verdict } from '../checker/check-history.js';
import type { Fault, History } from '../checker/history.js';
import { ApiClient } from './api-client.js';
import { WHY_MISSING } from './equipment.js';
import { faultPlan, needsOf, possibleFaults } from './faults/fault-plan.js';
import type { FaultKind } from './faults/fault-kind.js';
import type { Machine } from './machine.js';
import { MachineStalls } from './machine-stalls.js';
import { ManualRuns } from './manual-runs.js';
import type { CampaignOptions } from './options.js';
import { Random } from './random.js';
import { readRows } from './read-rows.js';
import { RecoveryWatch } from './recovery.js';
import { Site } from './site.js';
import { TargetLog } from './target-log.js';
import { createWorkload, type Workload } from './workload.js';

export interface CampaignResult {
  readonly history: History;
  readonly verdict: Verdict;
}

/** What a mutant does to the site once it stands; nothing for the product as it is. */
export type Sabotage = (site: Site) => Promise<void>;

const CREATION_MS = 8_000;
/** Beyond the allowed recovery, to learn how long it took after all. */
const RECOVERY_PATIENCE_MS = 45_000;
const DRAIN_PATIENCE_MS = 60_000;
const [SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS] = [4_000, 8_000];
/** The longest fault with its recovery: none begins so late that its effects are not seen. */
const LAST_FAULT_BEFORE_END_MS = 20_000;

/** Sets a site up, loads it, breaks it again and again, reads what it says, and judges. */
export async function runCampaign(
  machine: Machine,
  options: CampaignOptions,
  sabotage: Sabotage = async () => undefined,
): Promise<CampaignResult> {
  const target = await new TargetLog().start();
  const site = await Site.start(machine, options, needsOf(possibleFaults(options)));
  const stalls = new MachineStalls();
  try {
    await sabotage(site);
    const api = new ApiClient(site.apiUrls);
    const startsAt = Math.ceil((Date.now() + CREATION_MS) / 1_000) * 1_000;
    const workload = await createWorkload(api, target, startsAt, options.minutes * 60_000);
    const manual = await ManualRuns.create(site.apiUrls, target);
    const watch = new RecoveryWatch(workload.schedules, target, api);
    await delay(startsAt - Date.now());
    const asking = manual.askUntil(workload.endsAt);
    const faults = await breakUntilEnd(site, target, workload, watch);
    await asking;
    const jobIds = [...workload.jobIds, ...manual.jobIds];
    const rows = await comeToRest(machine, jobIds, watch, api);
    const history: History = {
      schedules: [...workload.schedules, ...manual.schedules],
      arrivals: target.arrivals,
      rows,
      faults: [...faults, ...stalls.faults],
    };
    return { history, verdict: checkHistory(history, options) };
  } finally {
    stalls.stop();
    await site.stop();
    await target.stop();
  }
}

async function breakUntilEnd(
  site: Site,
  target: TargetLog,
  { endsAt }: Workload,
  watch: RecoveryWatch,
): Promise<Fault[]> {
  const random = new Random(site.options.seed);
  const faults: Fault[] = [];
  const { length } = site.options.faults;
  for (const kind of faultPlan(feasible(site), length > 0, random)) {
    await delay(random.between(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS));
    if (Date.now() > endsAt - LAST_FAULT_BEFORE_END_MS) break;
    faults.push(await inflict(kind, watch, () => kind.inflict(site, random, target), site.machine.log));
  }
  await delay(Math.max(0, endsAt - Date.now()));
  return faults;
}

/** What this machine cannot do is said aloud: a fault that was never inflicted proves nothing. */
function feasible({ machine, equipment, options }: Site): FaultKind[] {
  return possibleFaults(options).filter(({ kind, needs }) => {
    if (needs === undefined || equipment.has(needs)) return true;
    machine.log(`  !! SKIPPED ${kind}: ${WHY_MISSING[needs]}`);
    return false;
  });
}

async function inflict(
  kind: FaultKind,
  watch: RecoveryWatch,
  work: () => Promise<string>,
  log: Machine['log'],
): Promise<Fault> {
  const from = Date.now();
  const victim = await work();
  const until = Date.now();
  const recoveredAt = await watch.recoveredAfter(until, RECOVERY_PATIENCE_MS);
  const took = recoveredAt === null ? 'did not recover' : `recovered after ${seconds(recoveredAt - until)}`;
  log(`  ${kind.kind} (${victim}), ${seconds(until - from)} long, ${took}`);
  const { recoveryMs, costsTries, isHarmless = false } = kind;
  return {
    kind: kind.kind,
    victim,
    from,
    until,
    recoveryMs,
    recoveredAt,
    costsTries,
    delaysStarts: !isHarmless,
  };
}

async function comeToRest(machine: Machine, jobIds: readonly string[], watch: RecoveryWatch, api: ApiClient) {
  if (!(await watch.finished(DRAIN_PATIENCE_MS))) machine.log('  not everything came to rest');
  return readRows(api, jobIds);
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
