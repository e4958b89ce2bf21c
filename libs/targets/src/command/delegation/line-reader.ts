const NEWLINE = 0x0a;

/** What the other side said is not of this protocol. The message never repeats it: there may be secrets in it. */
export class ProtocolFault extends Error {
  override readonly name = 'ProtocolFault';
}

/** Cuts a byte stream into lines. Whoever never ends one fills no memory with it. */
export class LineReader {
  private parts: Uint8Array[] = [];
  private bytes = 0;

  constructor(private readonly limitBytes: number) {}

  /** @returns the lines that end in this chunk; @throws ProtocolFault for one that is too long, ended or not */
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
