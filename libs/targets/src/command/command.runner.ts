import { access, constants, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aborted, failed, succeeded } from '../outcome.js';
import type { AbortReason, Outcome, OutcomeLost, OutcomeUncalled, RunResult } from '../outcome.js';
import { Redaction } from '../redaction.js';
import type { CommandContext, LogSink } from '../runner.js';
import { invalidTarget } from '../target-faults.js';
import type { CommandTarget } from '../target.js';
import { commandEnvironment } from './command-environment.js';
import type { CommandExecutor } from './command-executor.js';
import { CommandIsolation, type IsolationInForce } from './command-isolation.js';
import type { CommandPolicy, PermittedCommand } from './command-policy.js';
import { OutputChannel } from './output-channel.js';
import { ProcessGroup, type Exit, type OutputListener, type ProcessSpec } from './process-group.js';
import { programPath } from './program-path.js';

/** Commands run here, so they are never uncalled or lost. */
export type CommandOutcome = Exclude<Outcome, OutcomeLost | OutcomeUncalled>;

/** How much of a command's name an error shows. */
const SHOWN_CHARACTERS = 200;
const KILL_GRACE_MS = 5_000;
/** A lease is given up 12 s after its last renewal and lost after 15 s: the process must be dead in between. */
const KILL_GRACE_AFTER_LEASE_LOSS_MS = 2_000;

/** Starts a program, without a shell, in a fresh directory and its own process group. */
export class CommandRunner implements CommandExecutor {
  readonly handsCommandsOver = false;

  constructor(
    private readonly policy: CommandPolicy,
    private readonly isolation: CommandIsolation = CommandIsolation.none,
    private readonly killGraceMs: (reason: unknown) => number = defaultKillGraceMs,
  ) {}

  get isolationInForce(): IsolationInForce {
    return this.isolation.inForce;
  }

  async run(
    target: CommandTarget,
    context: CommandContext,
    signal: AbortSignal,
    log: LogSink,
  ): Promise<CommandOutcome> {
    const command = this.policy.permit(target, context.parameters);
    if (command.type === 'failed') return command;
    if (signal.aborted) return aborted(signal);
    try {
      if (command.program !== null) await access(command.program, constants.X_OK);
      return await inFreshDirectory(log, (workDirectory) => {
        const spec = processSpec(command, target, context, workDirectory);
        const output = new CommandOutput(log, Redaction.of(context.grants.secrets));
        return this.runProcess(spec, signal, output);
      });
    } catch (error) {
      return outcomeOfStartError(error, target.command);
    }
  }

  /** Nothing to check: commands run in this process. */
  async check(): Promise<void> {}

  /** Nothing to close: nothing outlives a run. */
  close(): void {}

  private async runProcess(
    spec: ProcessSpec,
    signal: AbortSignal,
    output: CommandOutput,
  ): Promise<CommandOutcome> {
    const isolated = await this.isolated(spec);
    if (signal.aborted) return aborted(signal);
    const group = await ProcessGroup.start(isolated, output);
    const exit = this.isolation.exitOf(await group.end(signal, this.killGraceMs));
    output.end(exit);
    const result = output.resultOf(exit);
    if (exit.wasAborted) return aborted(signal, result, exit.wasKilled);
    if (exit.starterSaid !== '') return notIsolated(exit.starterSaid);
    if (exit.exitCode === 0) return succeeded(result);
    return failed('exit_code', { type: 'exit_code', message: exitMessage(exit) }, { result });
  }

  private async isolated(spec: ProcessSpec): Promise<ProcessSpec> {
    if (this.isolation.inForce === 'process_group') return spec;
    const path = await programPath(spec.path, spec.env, spec.workDirectory);
    return this.isolation.around({ ...spec, path });
  }
}

/** Both streams go to the log as they come. The result keeps stdout, or stderr if a failed command wrote nothing else. */
class CommandOutput implements OutputListener {
  private readonly stdout: OutputChannel;
  private readonly stderr: OutputChannel;

  constructor(log: LogSink, redaction: Redaction) {
    this.stdout = new OutputChannel(redaction.stream(), 'stdout', log);
    this.stderr = new OutputChannel(redaction.stream(), 'stderr', log);
  }

  onStdout(chunk: Uint8Array): void | Promise<void> {
    return this.stdout.add(chunk);
  }

  onStderr(chunk: Uint8Array): void | Promise<void> {
    return this.stderr.add(chunk);
  }

  /** A process that was killed may have been in the middle of writing a secret. */
  end({ signal, wasAborted }: Exit): void {
    const isBrokenOff = signal !== null || wasAborted;
    this.stdout.end(isBrokenOff);
    this.stderr.end(isBrokenOff);
  }

  resultOf({ exitCode }: Exit): RunResult {
    const shown = this.stdout.isEmpty && exitCode !== 0 ? this.stderr : this.stdout;
    return { exitCode, ...shown.read() };
  }
}

async function inFreshDirectory(
  log: LogSink,
  work: (directory: string) => Promise<CommandOutcome>,
): Promise<CommandOutcome> {
  const directory = await mkdtemp(join(tmpdir(), 'scheduler-run-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true, force: true, maxRetries: 2 }).catch((error: Error) =>
      log.write('system', `the run's directory could not be removed: ${error.message}\n`),
    );
  }
}

function processSpec(
  command: PermittedCommand,
  target: CommandTarget,
  context: CommandContext,
  workDirectory: string,
): ProcessSpec {
  const { path, args } = command;
  const env = commandEnvironment(command.env, context, workDirectory);
  return { path, args, env, workDirectory, stdin: stdinText(target.stdin) };
}

function stdinText(stdin: unknown): string | null {
  if (stdin === undefined || stdin === null) return null;
  return typeof stdin === 'string' ? stdin : JSON.stringify(stdin);
}

function notIsolated(why: string): CommandOutcome {
  const message = `the command could not be started in namespaces of its own: ${why}`;
  return failed('exit_code', { type: 'spawn_failed', message });
}

function exitMessage({ exitCode, signal }: Exit): string {
  return signal === null ? `exited with code ${exitCode}` : `killed by ${signal}`;
}

/** Someone who puts a whole command line into `command` expects a shell. */
function shellHint(command: string): string {
  return /\s/.test(command)
    ? '; it names one program, whose arguments go into args, and no shell reads it unless it is one: bash with args -c and the line'
    : '';
}

/** An error without a code is our bug and is rethrown. */
function outcomeOfStartError(error: unknown, command: string): CommandOutcome {
  const { code } = (error ?? {}) as { code?: unknown };
  switch (code) {
    case undefined:
      throw error;
    case 'ENOENT':
    case 'EACCES':
    case 'ENOTDIR':
    case 'ENOEXEC':
      return failed('target', {
        type: 'command_not_found',
        message: `the command "${command.slice(0, SHOWN_CHARACTERS)}" was not found or is not executable${shellHint(command)}`,
      });
    case 'E2BIG':
      return invalidTarget('arguments, environment or parameters are too long');
    case 'ERR_INVALID_ARG_VALUE':
      return invalidTarget('arguments and environment must not contain NUL');
    default:
      // Out of processes, files or disk space: a problem of this machine, so worth another attempt.
      return failed('exit_code', {
        type: 'spawn_failed',
        message: `the command could not be started (${String(code)})`,
      });
  }
}

function defaultKillGraceMs(reason: unknown): number {
  return (reason as AbortReason | undefined)?.type === 'lease_lost'
    ? KILL_GRACE_AFTER_LEASE_LOSS_MS
    : KILL_GRACE_MS;
}
