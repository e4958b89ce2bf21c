import { writeFile } from 'node:fs/promises';
import { measureMemory } from '../memory/measure-memory.js';
import { runMutants } from '../mutants/run-mutants.js';
import type { Machine } from './machine.js';
import type { ChaosOptions } from './options.js';
import { report } from './report.js';
import { runCampaign } from './run-campaign.js';

export { readOptions } from './options.js';

/** @param newMachine a folder and a built product of their own for each campaign. @returns whether all is as it should be */
export async function chaos(options: ChaosOptions, newMachine: () => Promise<Machine>): Promise<boolean> {
  if (options.mutants) return runMutants(options, newMachine);
  const machine = await newMachine();
  if (options.memory) return measureMemory(machine, options);
  machine.log(
    `seed ${options.seed}, ${options.minutes} minutes, ${options.backend}; logs in ${machine.folder}`,
  );
  const result = await runCampaign(machine, options);
  machine.log(report(result, options));
  if (options.jsonFile) await writeFile(options.jsonFile, JSON.stringify(result.verdict, null, 2));
  return result.verdict.isGood;
}
