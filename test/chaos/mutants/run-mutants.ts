import type { Machine } from '../campaign/machine.js';
import type { ChaosOptions } from '../campaign/options.js';

export async function runMutants(
  _options: ChaosOptions,
  _newMachine: () => Promise<Machine>,
): Promise<boolean> {
  return false;
}
