/** `npm run demo`: half a minute of jobs of every kind on the running service, or on one started for it. */
import { setUp } from './setup.mjs';
import { stopWithNpm } from './stop-with-npm.mjs';
import { loadEnvFile } from './environment.mjs';
import { createJobs, deleteJobs } from './demo/jobs.mjs';
import { ensureService } from './demo/service.mjs';
import { startTarget } from './demo/target.mjs';
import { watchExecutions } from './demo/watch.mjs';

const DURATION_MS = 30_000;

stopWithNpm();
setUp();
loadEnvFile();
const over = endOfDemo();
try {
  await demonstrate();
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
process.exit();

function endOfDemo() {
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM']) process.on(name, () => interrupted.abort());
  return interrupted;
}

async function demonstrate() {
  const service = await ensureService();
  const target = await startTarget();
  const jobs = [];
  try {
    await createJobs(target, jobs);
    setTimeout(() => over.abort(), DURATION_MS);
    await watchExecutions(jobs, over.signal);
    console.log('\nThat was the demo. What it made is deleted again; the history stays readable.');
  } finally {
    await deleteJobs(jobs).finally(target.stop).finally(service.stop);
  }
}
