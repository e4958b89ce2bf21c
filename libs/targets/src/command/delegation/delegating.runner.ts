import { Logger } from '@nestjs/common';
import { aborted, failed, uncalled, type AbortReason, type Outcome } from '../../outcome.js';
import type { LogSink, RunContext } from '../../runner.js';
import { invalidTarget } from '../../target-faults.js';
import type { CommandTarget } from '../../target.js';
import type { CommandExecutor } from '../command-executor.js';
import type { CommandIsolationInForce } from '../command-isolation.js';
import { type AnsweredOutcome, lineOfRun, REQUEST_LIMIT_BYTES } from './messages.js';
import { RunnerConnection } from './runner-connection.js';

/** About as long as a container takes to restart. */
const RETRY_IN_MS = 5_000;
/** How long to wait for a runner that hangs. A command gets 5 s after SIGTERM, its pipes 1 s to close. */
const PATIENCE = { greetingMs: 5_000, abortMs: 10_000 };
const LOOK_EVERY_MS = 5_000;

/** Hands commands to the command runner beside this worker: a separate process without the worker's credentials. */
export class DelegatingRunner implements CommandExecutor {
  readonly handsCommandsOver = true;

  private readonly logger = new Logger('Commands');
  private isAway: boolean | null = null;
  private looking: NodeJS.Timeout | undefined;

  constructor(
    private readonly socketPath: string,
    private readonly patience = PATIENCE,
  ) {}

  get isolationInForce(): CommandIsolationInForce {
    return this.isAway === true ? 'runner_away' : 'runner';
  }

  async run(target: CommandTarget, context: RunContext, signal: AbortSignal, log: LogSink): Promise<Outcome> {
    if (signal.aborted) return aborted(signal);
    const request = lineOfRun(target, context);
    if (Buffer.byteLength(request) > REQUEST_LIMIT_BYTES)
      return invalidTarget('arguments, environment, input and parameters are too long');
    const connection = await this.open().catch(() => null);
    if (connection === null) return notStarted(context);
    try {
      if (signal.aborted) return aborted(signal); // while waiting for the greeting
      connection.send(request);
      return await follow(connection, signal, log, this.patience.abortMs);
    } finally {
      connection.close();
    }
  }

  /** Checks for the runner at once, and every few seconds after that. */
  async watch(): Promise<void> {
    this.looking = setInterval(() => void this.check().catch(() => undefined), LOOK_EVERY_MS);
    await this.check().catch(() => undefined);
  }

  /** @throws if it does not answer */
  async check(): Promise<void> {
    (await this.open()).close();
  }

  close(): void {
    clearInterval(this.looking);
  }

  private async open(): Promise<RunnerConnection> {
    try {
      const connection = await RunnerConnection.open(this.socketPath, this.patience.greetingMs);
      if (this.isAway !== false) this.logger.log(`commands run in the command runner at ${this.socketPath}`);
      this.isAway = false;
      return connection;
    } catch (error) {
      if (this.isAway !== true) this.logger.warn(this.awayMessage(error as Error));
      this.isAway = true;
      throw error;
    }
  }

  private awayMessage({ message }: Error): string {
    return `the command runner at ${this.socketPath} does not answer, and commands wait: ${message}`;
  }
}

/** Follows the run to its end. If the connection is lost, so is the run: the runner ends it, or is gone itself. */
async function follow(
  connection: RunnerConnection,
  signal: AbortSignal,
  log: LogSink,
  abortMs: number,
): Promise<Outcome> {
  let timer: NodeJS.Timeout | undefined;
  const abort = (): void => {
    connection.abort(signal.reason as AbortReason);
    timer = setTimeout(() => connection.close(), abortMs);
  };
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    return await outcomeOf(connection, signal, log);
  } catch (error) {
    return lost(signal, (error as Error).message);
  } finally {
    signal.removeEventListener('abort', abort);
    clearTimeout(timer);
  }
}

async function outcomeOf({ answers }: RunnerConnection, signal: AbortSignal, log: LogSink): Promise<Outcome> {
  for await (const answer of answers) {
    if (answer.type === 'log') await log.write(answer.stream, answer.text);
    if (answer.type === 'outcome') return withReason(answer.outcome, signal);
    if (answer.type === 'refused')
      return failed('target', { type: 'runner_refused', message: answer.message.slice(0, 1_000) });
  }
  return lost(signal, 'it closed the connection');
}

function withReason(outcome: AnsweredOutcome, signal: AbortSignal): Outcome {
  if (outcome.type !== 'aborted') return outcome;
  if (!signal.aborted) return lost(signal, 'it ended the command unasked');
  return aborted(signal, outcome.result, outcome.forced);
}

/** As with a lost worker, nobody knows how far the command got. */
function lost(signal: AbortSignal, why: string): Outcome {
  if (signal.aborted) return aborted(signal, null, true);
  const message = `the command runner was lost while it ran the command: ${why}`;
  return { type: 'lost', error: { type: 'runner_lost', message }, result: null, retryInMs: RETRY_IN_MS };
}

function notStarted({ mayGoUncalled }: RunContext): Outcome {
  const message = 'not started: the command runner of the worker does not answer';
  const error = { type: 'runner_away', message };
  return mayGoUncalled ? uncalled(error, RETRY_IN_MS) : failed('exit_code', error);
}
