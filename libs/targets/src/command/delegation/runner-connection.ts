import { connect, type Socket } from 'node:net';
import type { AbortReason } from '../../outcome.js';
import { readAnswer } from './answers.js';
import { LineReader, ProtocolFault } from './line-reader.js';
import { type Answer, ANSWER_LIMIT_BYTES, lineOf, PROTOCOL_VERSION } from './messages.js';

/** A worker's connection to its command runner, after the greeting. */
export class RunnerConnection {
  private constructor(
    private readonly socket: Socket,
    /**
     * Until the runner closes the connection; read no faster than they are consumed.
     * @throws whatever broke the connection
     */
    readonly answers: AsyncIterable<Answer>,
  ) {}

  /** @throws if no greeting comes in time, or one of another version */
  static async open(path: string, greetingWithinMs: number): Promise<RunnerConnection> {
    const socket = connect(path);
    socket.on('error', () => undefined); // the reader gets it too
    const silent = new Error(`no greeting within ${greetingWithinMs} ms`);
    const timer = setTimeout(() => socket.destroy(silent), greetingWithinMs);
    try {
      const answers = answersOf(socket);
      assertGreeting((await answers.next()).value);
      return new RunnerConnection(socket, answers);
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  send(line: string): void {
    this.socket.write(line);
  }

  abort(reason: AbortReason): void {
    this.send(lineOf({ type: 'abort', reason }));
  }

  /** The runner then ends the run, if it has not ended. */
  close(): void {
    this.socket.destroy();
  }
}

async function* answersOf(socket: Socket): AsyncGenerator<Answer, undefined> {
  const reader = new LineReader(ANSWER_LIMIT_BYTES);
  for await (const chunk of socket as AsyncIterable<Uint8Array>)
    for (const line of reader.push(chunk)) yield readAnswer(line);
  return undefined;
}

function assertGreeting(answer: Answer | undefined): void {
  if (answer?.type !== 'hello') throw new ProtocolFault('it does not greet as a command runner does');
  if (answer.version !== PROTOCOL_VERSION)
    throw new ProtocolFault(`it speaks version ${answer.version}, and this worker ${PROTOCOL_VERSION}`);
}
