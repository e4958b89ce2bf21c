import type { Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import type { AbortReason } from '../../outcome.js';
import type { CommandRunner } from '../command.runner.js';
import { LineReader, ProtocolFault } from './line-reader.js';
import { type Answer, lineOf, PROTOCOL_VERSION, REQUEST_LIMIT_BYTES, type RunRequest } from './messages.js';
import { readRequest } from './requests.js';
import { SocketLog } from './socket-log.js';

/** A client that connects and asks for nothing is disconnected. */
const REQUEST_WITHIN_MS = 10_000;
/** Normally the worker ends a run that takes too long, but a worker that hangs does not. */
const OVERTIME_MS = 10_000;
/** Time for the client to read a refusal. */
const LAST_WORD_WITHIN_MS = 1_000;
/** The worker's lease lasts some seconds longer, and nobody else starts the run before it ends. */
const GONE: AbortReason = { type: 'lease_lost', message: 'the worker is gone' };

const OVERTIME: AbortReason = { type: 'timeout', message: 'the worker did not end it in time' };

/** One connection from a worker to its command runner, and the single run that it may ask for. */
export class RunSession {
  private readonly logger = new Logger('Commands');
  private readonly abort = new AbortController();
  private readonly reader = new LineReader(REQUEST_LIMIT_BYTES);
  private readonly tooLate = setTimeout(() => this.socket.destroy(), REQUEST_WITHIN_MS);
  private isRunning = false;
  /** The run, for each log line about it. */
  private about: Readonly<Record<string, string | number>> = {};

  constructor(
    private readonly socket: Socket,
    private readonly runner: CommandRunner,
  ) {}

  start(): void {
    this.socket.on('error', () => undefined); // 'close' follows
    this.socket.on('close', () => this.end());
    this.socket.on('data', (chunk) => this.receive(chunk));
    this.say({ type: 'hello', version: PROTOCOL_VERSION });
  }

  endUnlessRunning(): void {
    if (!this.isRunning) this.socket.destroy();
  }

  private receive(chunk: Uint8Array): void {
    if (this.socket.writableEnded) return;
    try {
      for (const line of this.reader.push(chunk)) this.take(line);
    } catch (error) {
      this.refuse(error as Error);
    }
  }

  private take(line: string): void {
    const request = readRequest(line);
    if (request.type === 'abort') return this.abort.abort(request.reason);
    if (this.isRunning) throw new ProtocolFault('a connection is for one run');
    this.isRunning = true;
    clearTimeout(this.tooLate);
    const { executionId, jobId, attempt } = request.context;
    this.about = { executionId, jobId, attempt };
    this.perform(request).catch((error: Error) => this.refuse(error));
  }

  private async perform({ target, context }: RunRequest): Promise<void> {
    this.logger.debug('starts', this.about);
    const overtime = setTimeout(() => this.abort.abort(OVERTIME), context.timeoutMs + OVERTIME_MS);
    const log = new SocketLog(this.socket);
    const outcome = await this.runner
      .run(target, context, this.abort.signal, log)
      .finally(() => clearTimeout(overtime));
    this.logger.debug(outcome.type, this.about);
    this.socket.end(lineOf({ type: 'outcome', outcome }));
  }

  /** A protocol fault is explained to the client; of a bug of ours it learns only that there is one. */
  private refuse(error: Error): void {
    const isTheirs = error instanceof ProtocolFault;
    if (isTheirs) this.logger.warn(`a connection is closed: ${error.message}`, this.about);
    else this.logger.error(`the runner broke: ${error.message}`, error.stack, this.about);
    const message = isTheirs ? error.message : 'the command runner failed; its log has the details';
    this.abort.abort(GONE);
    this.socket.end(lineOf({ type: 'refused', message }));
    this.socket.setTimeout(LAST_WORD_WITHIN_MS, () => this.socket.destroy());
  }

  private end(): void {
    clearTimeout(this.tooLate);
    if (!this.abort.signal.aborted) this.abort.abort(GONE);
  }

  private say(answer: Answer): void {
    this.socket.write(lineOf(answer));
  }
}
