import { StartupFault } from '@app/platform/lifecycle';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

export interface ProcessPlan {
  readonly name: string;
  /** Starts the process; called again after each crash. */
  readonly launch: () => ChildProcess;
  readonly isReady: () => Promise<boolean>;
  /** Where its output went, for the line that says it failed. */
  readonly outputAt: string;
  readonly stopSignal: NodeJS.Signals;
  /** How long it may take to stop by itself before SIGKILL. */
  readonly graceMs: number;
  readonly report: (line: string) => void;
}

const READY_TIMEOUT_MS = 60_000;
const READY_POLL_MS = 25;
const FIRST_RESTART_MS = 1_000;
const LONGEST_RESTART_MS = 30_000;
/** Having run this long, the next crash counts as the first again. */
const STABLE_AFTER_MS = 60_000;

/** The delay before restart number `crashes`: 1 s, 2 s, 4 s … 30 s. */
export function restartDelayMs(crashes: number): number {
  return Math.min(LONGEST_RESTART_MS, FIRST_RESTART_MS * 2 ** (crashes - 1));
}

/** A child that is started, waited for, restarted after a crash, and stopped for certain. */
export class SupervisedProcess {
  private child: ChildProcess | undefined;
  private launchedAt = 0;
  private crashes = 0;
  private wasReady = false;
  private stopping = false;
  private restartTimer: NodeJS.Timeout | undefined;

  constructor(private readonly plan: ProcessPlan) {}

  /** Resolves when it is ready. A first start that fails is a fault of the set-up: restarting would only repeat it. */
  async start(signal: AbortSignal): Promise<void> {
    this.launch();
    const deadline = performance.now() + READY_TIMEOUT_MS;
    while (!(await this.plan.isReady())) {
      signal.throwIfAborted();
      this.requireRunning();
      if (performance.now() > deadline) throw this.fault(`was not ready within ${READY_TIMEOUT_MS / 1000} s`);
      await delay(READY_POLL_MS);
    }
    this.requireRunning();
    this.wasReady = true;
  }

  async stop(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.restartTimer);
    const child = this.child;
    if (!child || !isRunning(child)) return;
    const exited = once(child, 'exit');
    child.kill(this.plan.stopSignal);
    const killer = setTimeout(() => child.kill('SIGKILL'), this.plan.graceMs);
    await exited;
    clearTimeout(killer);
  }

  /** The impatient second Ctrl-C. */
  kill(): void {
    this.stopping = true;
    this.child?.kill('SIGKILL');
  }

  private launch(): void {
    this.launchedAt = performance.now();
    const child = this.plan.launch();
    this.child = child;
    child.once('exit', (code, signal) => this.onExit(describeExit(code, signal)));
    child.once('error', (error) => {
      this.plan.report(`${this.plan.name} could not be started: ${error.message}`);
      // There is no process, say for want of another (EAGAIN), and so no exit either.
      if (child.pid === undefined) this.onExit('not started');
    });
  }

  private onExit(how: string): void {
    if (this.stopping || !this.wasReady) return;
    const wasStable = performance.now() - this.launchedAt > STABLE_AFTER_MS;
    this.crashes = wasStable ? 1 : this.crashes + 1;
    const delayMs = restartDelayMs(this.crashes);
    this.plan.report(`${this.plan.name} ended (${how}); it starts again in ${delayMs / 1000} s.`);
    this.restartTimer = setTimeout(() => this.launch(), delayMs);
  }

  private requireRunning(): void {
    if (this.child && isRunning(this.child)) return;
    throw this.fault(
      `ended (${describeExit(this.child?.exitCode, this.child?.signalCode)}) before it was ready`,
    );
  }

  private fault(what: string): StartupFault {
    return new StartupFault(`${this.plan.name} ${what}. The reason is in ${this.plan.outputAt}.`);
  }
}

function isRunning(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

function describeExit(code: number | null | undefined, signal: NodeJS.Signals | null | undefined): string {
  return signal ? `signal ${signal}` : `exit code ${code ?? 'unknown'}`;
}
