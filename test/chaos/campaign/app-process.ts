import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import path from 'node:path';
import { waitFor } from '../../support/wait-for.js';
import type { Machine } from './machine.js';

export interface AppPlan {
  readonly name: string;
  readonly kind: 'api' | 'worker';
  readonly url: string;
  readonly environment: Readonly<Record<string, string>>;
  /** What a process leaves behind, for whoever put it there. */
  readonly onExit?: (pid: number) => void;
}

const READY_TIMEOUT_MS = 60_000;
const RESTART_AFTER_MS = 2_000;
const STOP_PATIENCE_MS = 30_000;

/** One api or worker of the fleet. Ended by anybody but us, it is started again two seconds later, as any supervisor does. */
export class AppProcess {
  private child: ChildProcess | null = null;
  private isWanted = false;
  private exits = 0;

  constructor(
    private readonly machine: Machine,
    readonly plan: AppPlan,
  ) {}

  get name(): string {
    return this.plan.name;
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** How often it has ended so far, for whatever reason. */
  get exitCount(): number {
    return this.exits;
  }

  /** Resolves when it is ready. @param extra environment of this start only */
  async start(extra: Readonly<Record<string, string>> = {}): Promise<void> {
    this.isWanted = true;
    this.launch(extra);
    await waitFor(() => this.isReady(), {
      timeoutMs: READY_TIMEOUT_MS,
      describe: `${this.name} to be ready`,
    });
  }

  /** To whatever process runs under this name now; none is a normal answer. */
  signal(name: NodeJS.Signals): void {
    this.child?.kill(name);
  }

  /** As a deploy stops it; by force when that takes too long. */
  async stop(): Promise<void> {
    this.isWanted = false;
    const child = this.child;
    if (!child) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    const killer = setTimeout(() => child.kill('SIGKILL'), STOP_PATIENCE_MS);
    await exited;
    clearTimeout(killer);
  }

  async isReady(): Promise<boolean> {
    const response = await fetch(`${this.plan.url}/health/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.body?.cancel();
    return response.ok;
  }

  private launch(extra: Readonly<Record<string, string>>): void {
    const { dist, folder } = this.machine;
    const main = path.join(dist, 'apps', this.plan.kind, 'src', 'main.js');
    const log = openSync(path.join(folder, `${this.name}.log`), 'a');
    // The channel ends it when this process is killed.
    const child = spawn(process.execPath, ['--enable-source-maps', main], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', ...this.plan.environment, ...extra },
      stdio: ['ignore', log, log, 'ipc'],
      detached: true,
    });
    closeSync(log);
    this.child = child;
    child.once('exit', () => this.onExit(child));
  }

  private onExit(child: ChildProcess): void {
    this.exits += 1;
    if (child.pid !== undefined) this.plan.onExit?.(child.pid);
    if (this.child === child) this.child = null;
    setTimeout(() => {
      if (this.isWanted && !this.child) this.launch({});
    }, RESTART_AFTER_MS);
  }
}
