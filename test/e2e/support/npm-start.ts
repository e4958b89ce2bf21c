import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { freePort } from '../../support/free-port.js';
import { descendantsOf, type RunningProcess, survivorsOf } from '../../support/process-tree.js';
import { waitFor } from '../../support/wait-for.js';

const ROOT = path.dirname(path.dirname(path.dirname(import.meta.dirname)));
const READY_TIMEOUT_MS = 90_000;
/** The worker lets runs in flight finish for 25 s. */
const STOP_TIMEOUT_MS = 40_000;

/** Variables on top of the defaults. */
export type Environment = Readonly<Record<string, string>>;

/** `npm start` itself, as on a bare machine: nothing of this shell's environment reaches it but the way to programs. */
export class NpmStart {
  private output = '';

  private constructor(
    private readonly npm: ChildProcess,
    private readonly guard: ChildProcess,
    readonly url: string,
    readonly workerUrl: string,
  ) {
    npm.stdout?.on('data', (chunk) => (this.output += String(chunk)));
    npm.stderr?.on('data', (chunk) => (this.output += String(chunk)));
  }

  /** Resolves when api and worker are ready. */
  static async start(dataDir: string, environment: Environment = {}): Promise<NpmStart> {
    const [port, workerPort] = [await freePort(), await freePort()];
    const { PATH = '', HOME = '' } = process.env;
    const npm = spawn('npm', ['start'], {
      cwd: ROOT,
      env: {
        PATH,
        HOME,
        DATA_DIR: dataDir,
        PORT: String(port),
        WORKER_PORT: String(workerPort),
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const started = new NpmStart(npm, guardOf(npm), localUrl(port), localUrl(workerPort));
    await started.untilReady();
    return started;
  }

  /** Stops the process group. @throws when anything of it is left; what is left is killed then */
  async stop(): Promise<void> {
    const processes = descendantsOf(this.npm.pid ?? 0);
    this.signalGroup('SIGTERM');
    try {
      await waitFor(() => this.hasEnded() && survivorsOf(processes).length === 0, {
        timeoutMs: STOP_TIMEOUT_MS,
        describe: 'everything that npm start had started to end',
      });
    } catch (error) {
      const left = survivorsOf(processes);
      this.kill(left);
      throw new Error(`npm start left behind: ${left.map(({ command }) => command).join(' | ')}`, {
        cause: error,
      });
    } finally {
      this.guard.kill('SIGKILL');
    }
  }

  private async untilReady(): Promise<void> {
    try {
      await waitFor(() => this.output.includes('Ready after') || this.hasEnded(), {
        timeoutMs: READY_TIMEOUT_MS,
        describe: 'npm start to be ready',
      });
      if (this.hasEnded()) throw new Error('npm start ended');
    } catch (error) {
      this.kill(descendantsOf(this.npm.pid ?? 0));
      this.guard.kill('SIGKILL');
      throw new Error(`npm start did not become ready; it said:\n${this.output}`, { cause: error });
    }
  }

  private kill(processes: readonly RunningProcess[]): void {
    this.signalGroup('SIGKILL');
    for (const { pid } of processes) signal(pid, 'SIGKILL');
  }

  private signalGroup(name: NodeJS.Signals): void {
    if (this.npm.pid !== undefined) signal(-this.npm.pid, name);
  }

  private hasEnded(): boolean {
    return this.npm.exitCode !== null || this.npm.signalCode !== null;
  }
}

/** Stops the group when the test run is killed: the kernel closes this shell's input with it. */
function guardOf({ pid }: ChildProcess): ChildProcess {
  const guard = spawn('/bin/sh', ['-c', `read _; kill -TERM -${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  guard.unref();
  return guard;
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // It is gone already, which is what was wanted.
  }
}

function localUrl(port: number): string {
  return `http://127.0.0.1:${port}`;
}
