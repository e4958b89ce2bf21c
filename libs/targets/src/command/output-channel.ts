import { type CapturedOutput, OutputCapture, TextStream } from '../output-capture.js';
import type { RedactedStream } from '../redacted-stream.js';
import type { LogSink } from '../runner.js';

/** One stream of a command: secrets are removed, then it is kept up to the limit and passed on as text. */
export class OutputChannel {
  private readonly capture = new OutputCapture();
  private readonly text = new TextStream();

  constructor(
    private readonly redacted: RedactedStream,
    private readonly name: 'stdout' | 'stderr',
    private readonly log: LogSink,
  ) {}

  get isEmpty(): boolean {
    return this.capture.isEmpty;
  }

  /** @returns a promise if there is no room for more until it resolves */
  add(chunk: Uint8Array): void | Promise<void> {
    if (!this.isWanted) return;
    return this.pass(this.redacted.push(chunk));
  }

  /** @param isBrokenOff the command did not end it itself, so it may stop in the middle of a secret */
  end(isBrokenOff: boolean): void {
    if (!this.isWanted) return;
    void this.pass(isBrokenOff ? this.redacted.breakOff() : this.redacted.end());
    void this.writeText(this.text.end());
  }

  read(): CapturedOutput {
    return this.capture.read();
  }

  /** What is neither kept nor logged is not searched for secrets: a command may write gigabytes. */
  private get isWanted(): boolean {
    return !this.capture.isFull || !this.log.hasEnough;
  }

  private pass(bytes: Uint8Array): void | Promise<void> {
    this.capture.add(bytes);
    return this.writeText(this.text.decode(bytes));
  }

  private writeText(text: string): void | Promise<void> {
    if (text !== '') return this.log.write(this.name, text);
  }
}
