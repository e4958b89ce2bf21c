import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Client } from 'pg';
import type { Machine } from '../campaign/machine.js';
import type { CampaignOptions } from '../campaign/options.js';
import { runCampaign } from '../campaign/run-campaign.js';
import type { Site } from '../campaign/site.js';
import { type VerdictClass, violations } from '../checker/verdict.js';
import { campaignOf, type Mutant, mutantsFor, type Patch } from './mutants.js';

/** A checker that finds nothing has to be shown what there is to find. @returns whether each mutant was judged as expected */
export async function runMutants(
  options: CampaignOptions,
  newMachine: () => Promise<Machine>,
): Promise<boolean> {
  let isAsExpected = true;
  for (const mutant of mutantsFor(options.backend)) {
    const machine = await newMachine();
    const found = await classesFound(mutant, machine, options);
    const isCaught = isExpected(mutant, found);
    const says = [...found].map(([name, count]) => `${name} ${count}`).join(', ') || 'nothing';
    machine.log(`${isCaught ? 'ok ' : 'NOT AS EXPECTED'} ${mutant.name}: ${says}`);
    isAsExpected &&= isCaught;
  }
  return isAsExpected;
}

async function classesFound(
  mutant: Mutant,
  machine: Machine,
  options: CampaignOptions,
): Promise<ReadonlyMap<VerdictClass, number>> {
  for (const patch of mutant.patches) await apply(patch, machine.dist);
  const { verdict } = await runCampaign(machine, campaignOf(mutant, options), (site) =>
    sabotage(site, mutant),
  );
  const counts = new Map<VerdictClass, number>();
  for (const finding of violations(verdict.findings))
    counts.set(finding.class, (counts.get(finding.class) ?? 0) + 1);
  return counts;
}

function isExpected({ expected }: Mutant, found: ReadonlyMap<VerdictClass, number>): boolean {
  return expected.length === 0 ? found.size === 0 : expected.some((name) => found.has(name));
}

/** @throws Error when the text is not there as often as it should be: a mutant that changes nothing would prove nothing */
async function apply(patch: Patch, dist: string): Promise<void> {
  const { file, find, replace, times = 1 } = patch;
  const found = await occurrences(patch, dist);
  if (found !== times) throw new Error(`${file} has ${found} times: ${find}`);
  const at = path.join(dist, file);
  await writeFile(
    at,
    (await readFile(at, 'utf8')).replaceAll(find, () => replace),
  );
}

/** How often the text of a patch stands in the built product. */
export async function occurrences({ file, find }: Patch, dist: string): Promise<number> {
  return (await readFile(path.join(dist, file), 'utf8')).split(find).length - 1;
}

async function sabotage({ postgres }: Site, { sql }: Mutant): Promise<void> {
  if (sql === undefined) return;
  const client = new Client({ connectionString: postgres.url('scheduler') });
  await client.connect();
  await client.query(sql);
  await client.end();
}
