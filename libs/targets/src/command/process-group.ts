import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { within } from '@app/platform/waiting';

export interface ProcessSpec {
  readonly path: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly workDirectory: string;
  readonly stdin: string | null;
  /** Another program starts it and reports on descriptor 3. */
  readonly hasStarter?: boolean;
}

/** Returning a promise slows the process down: nothing is read from its pipe until the promise resolves. */
export interface OutputListener {
  onStdout(chunk: Uint8Array): void | Promise<void>;
  onStderr(chunk: Uint8Array): void | Promise<void>;
}

export interface Exit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The abort came before the process had ended by itself. */
  readonly wasAborted: boolean;
  /** It was still running at the end of its grace period. */
  readonly wasKilled: boolean;
  /** Messages of the program that started it; usually empty. */
  readonly starterSaid: string;
}

/** How long output may still come after the process has ended, from children that it left behind. */
const PIPE_GRACE_MS = 500;

/** A process and everything it starts, in their own process group so that they can be ended together. */
export class ProcessGroup {
  private constructor(
    private readonly child: ChildProcess,
    private readonly output: readonly PacedStream[],
    private readonly starter: StarterReport,
  ) {}

  /** Rejects with the system's error (with a `code`) if the process cannot be started. */
  static async start(spec: ProcessSpec, listener: OutputListener): Promise<ProcessGroup> {
    const child = spawn(spec.path, spec.args, {
      cwd: spec.workDirectory,
      env: spec.env,
      detached: true,
      shell: false,
      stdio: [
        spec.stdin === null ? 'ignore' : 'pipe',
        'pipe',
        'pipe',
        ...(spec.hasStarter ? ['pipe' as const] : []),
      ],
    });
    const starter = new StarterReport(child.stdio[3] as Readable | null | undefined);
    const output = [
      new PacedStream(child.stdout, (chunk) => listener.onStdout(chunk)),
      new PacedStream(child.stderr, (chunk) => listener.onStderr(chunk)),
    ];
    child.stdin?.on('error', () => {}); // EPIPE: a command need not read its input
    child.stdin?.end(spec.stdin);
    await once(child, 'spawn');
    return new ProcessGroup(child, output, starter);
  }

  /**
   * Resolves when nothing of the group is left. An abort sends SIGTERM to the whole group and SIGKILL `killGraceMs`
   * later. Waits for the exit, not for the pipes to close: a child that was left behind may keep them open for ever.
   */
  async end(signal: AbortSignal, killGraceMs: (reason: unknown) => number): Promise<Exit> {
    const closed = once(this.child, 'close');
    const termination = this.terminateOnAbort(signal, killGraceMs);
    const [exitCode, exitSignal] = (await once(this.child, 'exit')) as [number | null, NodeJS.Signals | null];
    const wasKilled = termination.stop();
    const wasAborted = signal.aborted;
    this.output.forEach((stream) => stream.letGo());
    await within(PIPE_GRACE_MS, closed, () => undefined);
    this.kill('SIGKILL');
    await within(PIPE_GRACE_MS, closed, () => undefined);
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
    return { exitCode, signal: exitSignal, wasAborted, wasKilled, starterSaid: this.starter.end() };
  }

  /** `stop` stops listening and returns whether SIGKILL was sent. */
  private terminateOnAbort(
    signal: AbortSignal,
    killGraceMs: (reason: unknown) => number,
  ): { readonly stop: () => boolean } {
    let killTimer: NodeJS.Timeout | undefined;
    let killed = false;
    const kill = (): void => {
      killed = true;
      this.kill('SIGKILL');
    };
    const terminate = (): void => {
      this.kill('SIGTERM');
      killTimer = setTimeout(kill, killGraceMs(signal.reason));
    };
    if (signal.aborted) terminate();
    signal.addEventListener('abort', terminate, { once: true });
    const stop = (): boolean => {
      signal.removeEventListener('abort', terminate);
      clearTimeout(killTimer);
      return killed;
    };
    return { stop };
  }

  /** A group that is already gone is fine: that is what we want. */
  private kill(signal: NodeJS.Signals): void {
    const { pid } = this.child;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // ESRCH: nothing left; EPERM: only processes that now belong to another user
    }
  }
}

/** Reads no faster than the listener takes, until the process has ended: at most a pipe's worth is left then. */
class PacedStream {
  private isLetGo = false;

  constructor(
    /** Missing if no file descriptor was left for it. */
    private readonly stream: Readable | null | undefined,
    private readonly take: (chunk: Uint8Array) => void | Promise<void>,
  ) {
    stream?.on('data', (chunk: Uint8Array) => this.read(chunk));
  }

  letGo(): void {
    this.isLetGo = true;
    this.stream?.resume();
  }

  private read(chunk: Uint8Array): void {
    const room = this.take(chunk);
    if (room === undefined || this.isLetGo) return;
    this.stream?.pause();
    void room.then(() => this.stream?.resume());
  }
}

/** Usually one line or none: the starter says nothing unless it fails. */
class StarterReport {
  private text = '';

  constructor(private readonly stream: Readable | null | undefined) {
    stream
      ?.setEncoding('utf8')
      .on('data', (text: string) => (this.text = (this.text + text).slice(0, 1_000)));
  }

  end(): string {
    this.stream?.destroy();
    return this.text.trim();
  }
}
