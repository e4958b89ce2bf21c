import { type CapturedOutput, OutputCapture, TextStream } from './output-capture.js';
import type { RedactedStream } from './redaction.js';

/** One stream of a command: without secrets first, then kept up to the limit, and written on as text. */
export class OutputChannel {
  private readonly capture = new OutputCapture();
  private readonly text = new TextStream();

  constructor(
    private readonly redacted: RedactedStream,
    private readonly write: (text: string) => void,
  ) {}

  get isEmpty(): boolean {
    return this.capture.isEmpty;
  }

  add(chunk: Uint8Array): void {
    this.pass(this.redacted.push(chunk));
  }

  end(): void {
    this.pass(this.redacted.end());
    this.writeText(this.text.end());
  }

  read(): CapturedOutput {
    return this.capture.read();
  }

  private pass(bytes: Uint8Array): void {
    this.capture.add(bytes);
    this.writeText(this.text.decode(bytes));
  }

  private writeText(text: string): void {
    if (text !== '') this.write(text);
  }
}
