import { TextDecoder } from 'node:util';

/** How much of a response or of a command's output is kept. */
export const OUTPUT_LIMIT_BYTES = 64 * 1024;

export interface CapturedOutput {
  readonly output: string;
  readonly truncated: boolean;
}

/** Keeps the first 64 KB of a byte stream and drops the rest, so that a run's memory does not grow with its output. */
export class OutputCapture {
  private kept = Buffer.alloc(0);
  private keptBytes = 0;
  private dropped = false;

  /** Copies, because a slice would keep the socket's whole read buffer alive. */
  add(chunk: Uint8Array): void {
    const taken = chunk.subarray(0, OUTPUT_LIMIT_BYTES - this.keptBytes);
    this.dropped ||= taken.length < chunk.length;
    this.makeRoomFor(taken.length);
    this.kept.set(taken, this.keptBytes);
    this.keptBytes += taken.length;
  }

  get isEmpty(): boolean {
    return this.keptBytes === 0;
  }

  /** Whether some was dropped, as will be all that follows: nobody need look at it. */
  get isFull(): boolean {
    return this.dropped;
  }

  /** The text so far, without a character that the limit cut in two. */
  read(): CapturedOutput {
    const bytes = this.kept.subarray(0, this.keptBytes);
    const text = storableText(utf8Decoder().decode(bytes, { stream: this.dropped }));
    const fitting = cutToLimit(text);
    return { output: fitting, truncated: this.dropped || fitting.length < text.length };
  }

  /** Doubles, so that a thousand one-byte chunks need neither a thousand buffers nor 64 KB from the start. */
  private makeRoomFor(bytes: number): void {
    const needed = this.keptBytes + bytes;
    if (needed <= this.kept.length) return;
    const grown = Buffer.alloc(Math.min(OUTPUT_LIMIT_BYTES, Math.max(needed, this.kept.length * 2)));
    grown.set(this.kept.subarray(0, this.keptBytes));
    this.kept = grown;
  }
}

/** Decodes a byte stream chunk by chunk; a character split across chunks comes out whole. */
export class TextStream {
  private readonly decoder = utf8Decoder();

  decode(chunk: Uint8Array): string {
    return storableText(this.decoder.decode(chunk, { stream: true }));
  }

  /** The replacement of an unfinished character at the end. */
  end(): string {
    return this.decoder.decode();
  }
}

/** Replaces the characters that Postgres refuses in text and jsonb. */
export function storableText(text: string): string {
  return text.replaceAll('\0', '\uFFFD').replace(/\p{Surrogate}/gu, '\uFFFD');
}

function utf8Decoder(): TextDecoder {
  return new TextDecoder('utf-8', { ignoreBOM: true });
}

/** Binary data grows, since each invalid byte becomes a three-byte U+FFFD, so the limit is applied to the text again. */
function cutToLimit(text: string): string {
  if (Buffer.byteLength(text) <= OUTPUT_LIMIT_BYTES) return text;
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(OUTPUT_LIMIT_BYTES));
  return text.slice(0, read);
}
