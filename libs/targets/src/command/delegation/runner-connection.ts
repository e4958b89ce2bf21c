import { connect, type Socket } from 'node:net';
import type { AbortReason } from '../../outcome.js';
import { readAnswer } from './answers.js';
import { LineReader, ProtocolFault } from './line-reader.js';
import { type Answer, ANSWER_LIMIT_BYTES, lineOf, PROTOCOL_VERSION } from './messages.js';

/** A worker's connection to its command runner, which has greeted. */
export class RunnerConnection {
  private constructor(
    private readonly socket: Socket,
    /** Until the runner closes; read no faster than they are taken. @throws what ended the connection before */
    readonly answers: AsyncIterable<Answer>,
  ) {}

  /** @throws where nobody greets in time, or one who speaks another version */
  static async open(path: string, greetingWithinMs: number): Promise<RunnerConnection> {
    const socket = connect(path);
    socket.on('error', () => undefined); // the reader hears of it too
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

  /** The runner ends what it runs for it. */
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
