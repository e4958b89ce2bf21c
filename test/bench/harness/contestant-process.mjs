import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('contestant-main.mjs', import.meta.url));
/** The same for everyone: what the product's image sets helps its peers as well. */
const AS_IN_THE_IMAGE = ['--max-semi-space-size=64'];
/** To store ten million executions takes longer than anything that is measured. */
const TIMEOUT_MS = 1_800_000;

/** One measurement in a process of its own: no contestant inherits another's heap, timers or connections. */
export async function runContestant({ module, options, prepare, profile, env, signal }) {
  const child = fork(MAIN, {
    env: { ...process.env, ...env },
    execArgv: [...AS_IN_THE_IMAGE, ...(profile ? ['--cpu-prof', `--cpu-prof-dir=${profile}`] : [])],
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    killSignal: 'SIGKILL',
  });
  let answer;
  child.on('message', (message) => (answer = message));
  child.send({ module, options, prepare });
  const [code] = await once(child, 'exit');
  if (answer?.figures) return answer.figures;
  throw new Error(answer?.error ?? `its process ended with exit code ${code}`);
}
