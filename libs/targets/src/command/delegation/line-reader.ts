const NEWLINE = 0x0a;

/** The other side broke the protocol. The message never quotes what it said, which may contain secrets. */
export class ProtocolFault extends Error {
  override readonly name = 'ProtocolFault';
}

/** Splits a byte stream into lines. An endless line cannot fill the memory. */
export class LineReader {
  private parts: Uint8Array[] = [];
  private bytes = 0;

  constructor(private readonly limitBytes: number) {}

  /** @returns the lines that end in this chunk; @throws ProtocolFault for a line that is too long, complete or not */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.keep(chunk.subarray(from, at));
      lines.push(this.take());
      from = at + 1;
    }
    this.keep(chunk.subarray(from));
    return lines;
  }

  private keep(part: Uint8Array): void {
    this.bytes += part.length;
    if (this.bytes > this.limitBytes)
      throw new ProtocolFault(`a line has more than ${this.limitBytes} bytes`);
    if (part.length > 0) this.parts.push(part);
  }

  private take(): string {
    const line = Buffer.concat(this.parts).toString();
    this.parts = [];
    this.bytes = 0;
    return line;
  }
}
