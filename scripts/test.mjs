/**
 * `npm test [jest arguments]`: every test against real servers which it starts and stops itself. The last line is
 * always `N passed, N failed`; no test at all is a failure.
 */
import { setUp } from './setup.mjs';
import { stopWithNpm } from './stop-with-npm.mjs';

const args = process.argv.slice(2);

stopWithNpm();
setUp();
const stopping = listenForSignals();
const totals = await runAll().catch((error) => {
  console.error(error instanceof Error ? error.message : error);
  return { passed: 0, failed: 1 };
});
const isGreen = totals.passed > 0 && totals.failed === 0 && !stopping.aborted;
console.log(`${totals.passed} passed, ${totals.failed} failed`);
process.exit(isGreen ? 0 : 1);

/** While jest and the servers are being stopped, this process has to outlive the signal. */
function listenForSignals() {
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => controller.abort());
  return controller.signal;
}

async function runAll() {
  const { ensureBuilt } = await import('./build.mjs');
  await ensureBuilt();
  const { startServices } = await import('./testing/services.mjs');
  const services = await startServices(stopping);
  try {
    return await runStages(services.env);
  } finally {
    await services.stop();
  }
}

/** The e2e tests measure start-up and timing, so they have the machine to themselves. */
async function runStages(env) {
  const { runJest } = await import('./testing/jest.mjs');
  const first = await runJest(['unit', 'integration'], ['--maxWorkers=2', ...args], env, stopping);
  if (stopping.aborted) return first;
  const second = await runJest(['e2e'], ['--runInBand', ...args], env, stopping);
  return { passed: first.passed + second.passed, failed: first.failed + second.failed };
}
