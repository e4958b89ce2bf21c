import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { markedProcesses } from '../../../support/marked-processes.js';
import { waitFor } from '../../../support/wait-for.js';
import { THIS_CODE } from './fleet.js';

/** As a container does it: processes of its own, and none of them outlives the first one. */
const CONTAINER = ['unshare', '--pid', '--mount-proc', '--fork', '--kill-child', '--'];
const canContain = spawnSync(CONTAINER[0]!, [...CONTAINER.slice(1), 'true']).status === 0;
if (!canContain)
  console.error('No PID namespaces here: that a runner takes its commands along is NOT TESTED.');

/** A command runner, started as its container starts it. */
export class RunnerProcess {
  output = '';
  readonly isContained = canContain;

  /** @param mark an argument that only its processes have */
  private constructor(
    private readonly child: ChildProcess,
    private readonly folder: string,
    private readonly mark: string,
  ) {
    for (const stream of [child.stdout, child.stderr])
      stream?.on('data', (chunk) => (this.output = (this.output + String(chunk)).slice(-20_000)));
  }

  /** Resolves when it listens. */
  static async start(environment: Readonly<Record<string, string>>): Promise<RunnerProcess> {
    const runner = RunnerProcess.spawn(environment);
    await waitFor(() => runner.output.includes('takes commands at'), {
      timeoutMs: 30_000,
      describe: 'the command runner to listen',
    });
    return runner;
  }

  /** @param environment all that it has, but for PATH */
  static spawn(environment: Readonly<Record<string, string>>): RunnerProcess {
    const folder = mkdtempSync(path.join(tmpdir(), 'command-runner-'));
    const entry = path.join(THIS_CODE, 'dist/apps/runner/src/main.js');
    const mark = randomUUID();
    const command = ['sh', path.join(THIS_CODE, 'docker/init.sh'), process.execPath, entry, mark];
    const [program = '', ...args] = canContain ? [...CONTAINER, ...command] : command;
    const child = spawn(program, args, {
      cwd: folder, // no .env of this machine
      env: { PATH: process.env.PATH ?? '', ...environment },
      // The channel ends it when this process is killed.
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    return new RunnerProcess(child, folder, mark);
  }

  /** @returns its exit code */
  async ended(): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, 'exit');
    rmSync(this.folder, { recursive: true, force: true });
    return this.child.exitCode;
  }

  /** As a container is told to stop: its first process gets the signal. */
  async stop(): Promise<number | null> {
    this.signal('sh', 'SIGTERM');
    return this.ended();
  }

  /** Node itself, as when memory runs out; what is left of the container goes with it. */
  async kill(): Promise<void> {
    this.signal(process.execPath, 'SIGKILL');
    await this.ended();
  }

  private signal(program: string, signal: NodeJS.Signals): void {
    for (const pid of markedProcesses(this.mark))
      if (readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0')[0] === program) process.kill(pid, signal);
  }
}
