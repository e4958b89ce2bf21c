/**
 * `npm run chaos -- --minutes N --seed S [--backend redis|postgres] [--mutants]`: breaks a whole site of its own again
 * and again, and judges what its targets saw (docs/reliability.md). Exits 1 on any forbidden finding.
 */
import { setUp } from './setup.mjs';
import { stopWithNpm } from './stop-with-npm.mjs';

stopWithNpm();
endWithParent();
setUp();
const { ensureBuilt } = await import('./build.mjs');
await ensureBuilt();
const { newMachine, prepareHarness, removeCode, removeLogs } = await import('../test/chaos/harness.mjs');
process.exit((await runAll()) ? 0 : 1);

/** A test that is killed takes the campaign with it; servers and apps end with us by themselves. */
function endWithParent() {
  if (!process.channel) return;
  process.once('disconnect', () => process.exit(1));
  process.channel.unref();
}

/** The logs of a campaign that went wrong are what is left to look at. */
async function runAll() {
  try {
    const { chaos, readOptions } = await prepareHarness();
    const isGood = await chaos(readOptions(process.argv.slice(2)), newMachine);
    if (isGood) await removeLogs();
    return isGood;
  } catch (error) {
    console.error(error instanceof Error ? (error.stack ?? error.message) : error);
    return false;
  } finally {
    await removeCode();
  }
}
