import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { freePort } from '../../../support/free-port.js';
import { waitFor } from '../../../support/wait-for.js';

const READY_TIMEOUT_MS = 120_000;

/** One api or worker, from the code in `root`. */
export class FleetProcess {
  output = '';
  isStopping = false;

  private constructor(
    readonly kind: 'api' | 'worker',
    readonly url: string,
    private readonly child: ChildProcess,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => (this.output = (this.output + String(chunk)).slice(-20_000)));
  }

  /** Resolves when it is ready. */
  static async start(
    root: string,
    kind: 'api' | 'worker',
    environment: Readonly<Record<string, string>>,
  ): Promise<FleetProcess> {
    const port = String(await freePort());
    const child = spawn(process.execPath, [path.join(root, 'dist', 'apps', kind, 'src', 'main.js')], {
      cwd: root,
      env: { PATH: process.env.PATH ?? '', ...environment, PORT: port, WORKER_PORT: port },
      // The channel ends it when this process is killed.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const started = new FleetProcess(kind, `http://127.0.0.1:${port}`, child);
    try {
      await started.untilReady();
      return started;
    } catch (error) {
      await started.kill();
      throw new Error(`${(error as Error).message}; it said:\n${started.output}`, { cause: error });
    }
  }

  private async untilReady(): Promise<void> {
    await waitFor(() => this.hasEnded() || this.isReady(), {
      timeoutMs: READY_TIMEOUT_MS,
      describe: `the ${this.kind} to be ready`,
    });
    if (this.hasEnded()) throw new Error(`the ${this.kind} ended`);
  }

  /** @throws where it does not answer, be it gone or only slow */
  async isReady(): Promise<boolean> {
    if (this.hasEnded()) return false;
    const response = await fetch(`${this.url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  }

  /** As a deploy does it; resolves when the process is gone. */
  async stop(): Promise<void> {
    if (this.hasEnded()) return;
    const exited = once(this.child, 'exit');
    this.isStopping = true;
    this.child.kill('SIGTERM');
    await exited;
  }

  /** As the kernel does it when memory runs out; resolves when the process is gone. */
  async kill(): Promise<void> {
    if (this.hasEnded()) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }

  private hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
