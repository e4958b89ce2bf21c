import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { SupervisedProcess } from './supervised-process.js';

/**
 * A developer's machine has other things to do: a young generation of 4 MB costs a busy app some garbage collection and
 * saves an idle one 35 MB (measured on Node 20), and source maps kept in memory would cost another 10 MB.
 */
const LEAN = ['--max-semi-space-size=4'];
/** Names of hosts are looked up in threads, of which Node has four: a name that nobody answers for keeps one for 10 s. */
const THREADS = { UV_THREADPOOL_SIZE: '16' };

export interface AppProcessOptions {
  readonly name: 'api' | 'worker';
  readonly url: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly report: (line: string) => void;
}

/** Beyond what it was told to wait: 5 s until a stubborn command is killed, 15 s to write what became of the runs. */
const SECONDS_TO_END = 20;

/** One of the two apps as a child process, its output passed through line by line under its name. */
export function appProcess(options: AppProcessOptions): SupervisedProcess {
  const main = fileURLToPath(new URL(`../../${options.name}/src/main.js`, import.meta.url));
  return new SupervisedProcess({
    name: options.name,
    launch: () => passThrough(launchApp(main, options.env), options),
    isReady: () => answersReady(options.url),
    outputAt: 'its output above',
    stopSignal: 'SIGTERM',
    graceMs: stopGraceMs(options.env),
    report: options.report,
  });
}

/** How long an app may take to stop. Its variables are checked by the app itself, which does not start with wrong ones. */
export function stopGraceMs(env: AppProcessOptions['env']): number {
  const delaySeconds = Number(env.DRAIN_DELAY_SECONDS ?? 0);
  const drainSeconds = Number(env.DRAIN_TIMEOUT_SECONDS ?? 25);
  return (delaySeconds + drainSeconds + SECONDS_TO_END) * 1_000;
}

/**
 * A session of its own, so that Ctrl-C reaches it once, from us, as SIGTERM; and an IPC channel, whose end tells it
 * that we are gone (`exitWhenParentGoes`).
 */
function launchApp(main: string, env: AppProcessOptions['env']): ChildProcess {
  return spawn(process.execPath, [...LEAN, main], {
    env: { ...THREADS, ...env },
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

function passThrough(child: ChildProcess, { name, report }: AppProcessOptions): ChildProcess {
  const prefix = `${name.padEnd(6)} | `;
  // There are none where no file could be opened for them (EMFILE): the child then only has its `error` to emit.
  for (const stream of [child.stdout, child.stderr].filter((one) => one instanceof Readable)) {
    createInterface({ input: stream }).on('line', (line) => report(prefix + line));
  }
  return child;
}

async function answersReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
