import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { waitFor } from './wait-for.js';
import { descendantsOf, type RunningProcess } from './process-tree.js';

const root = path.dirname(path.dirname(import.meta.dirname));

/** The variables of a developer's shell which would lead `npm start` away from its embedded defaults. */
const FORGOTTEN = /^(DATABASE_|QUEUE_|REDIS_|AUTH_|PORT$|WORKER_|HOST$|NODE_OPTIONS$)/;

/** `npm start` as an operator runs it, in a data folder and on a port of the test's own. */
export class StandaloneProcess {
  output = '';
  private readonly child: ChildProcess;

  constructor(
    dataDir: string,
    private readonly port: number,
    env: Readonly<Record<string, string>> = {},
  ) {
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !FORGOTTEN.test(name)),
    );
    this.child = spawn(process.execPath, [path.join(root, 'scripts', 'start.mjs')], {
      cwd: root,
      env: { ...inherited, DATA_DIR: dataDir, PORT: String(port), ...env },
      // The channel stops it when the test run is killed.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    this.child.stdout?.on('data', (chunk) => (this.output += String(chunk)));
    this.child.stderr?.on('data', (chunk) => (this.output += String(chunk)));
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async untilReady(): Promise<this> {
    await waitFor(() => this.output.includes('Ready after') || this.hasEnded(), {
      timeoutMs: 60_000,
      describe: 'npm start to be ready',
    });
    if (this.hasEnded()) throw new Error(`npm start ended:\n${this.output}`);
    return this;
  }

  /** The exit code; null when a signal ended it. */
  async ended(): Promise<number | null> {
    if (!this.hasEnded()) await once(this.child, 'close');
    return this.child.exitCode;
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    this.child.kill(signal);
    return this.ended();
  }

  processes(): RunningProcess[] {
    return this.child.pid === undefined ? [] : descendantsOf(this.child.pid);
  }

  /** The api or the worker. */
  app(name: 'api' | 'worker'): RunningProcess | undefined {
    return this.processes().find(({ command }) => command.includes(`dist/apps/${name}/src/main.js`));
  }

  private hasEnded(): boolean {
    return this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
