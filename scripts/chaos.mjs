/**
 * `npm run chaos -- --minutes N --seed S [--backend redis|postgres] [--mutants]`: breaks a whole site of its own again
 * and again, and judges what its targets saw (docs/reliability.md). Exits 1 on any forbidden finding.
 */
import { stopWithNpm } from './stop-with-npm.mjs';

stopWithNpm();
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
const { prepareHarness, newMachine, removeAll } = await import('../test/chaos/harness.mjs');

const { chaos, readOptions } = await prepareHarness();
let exitCode = 1;
try {
  const options = readOptions(process.argv.slice(2));
  const isGood = await chaos(options, newMachine);
  exitCode = isGood ? 0 : 1;
  await removeAll({ keepLogs: !isGood });
} catch (error) {
  console.error(error instanceof Error ? (error.stack ?? error.message) : error);
}
process.exit(exitCode);
