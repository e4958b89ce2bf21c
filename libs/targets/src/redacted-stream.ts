import { Needles } from './needles.js';

const REDACTED = Buffer.from('[redacted]');
const NOTHING = Buffer.alloc(0);
const PIECE_OF_TAIL = 1 / 8;

/** Bytes of one secret, or of several that overlap, counted from the tail's beginning: below 0, it is blotted out already. */
interface Blot {
  from: number;
  to: number;
}

/** A byte stream without the secrets, even those that are split between chunks. */
export class RedactedStream {
  /** The end of what was searched so far: it may be the beginning of a secret. */
  private tail: Buffer = NOTHING;
  private unread: Uint8Array[] = [];
  private unreadBytes = 0;
  private state = Needles.START;
  /** What is found in the tail, in order. */
  private blots: Blot[] = [];

  constructor(
    private readonly needles: Needles,
    private readonly pieceBytes: number,
  ) {}

  /**
   * What can be passed on; an end that may be the beginning of a secret waits for more. It is copied with each piece, so
   * the pieces grow with it: otherwise a secret that comes byte by byte would cost its length squared.
   */
  push(chunk: Uint8Array): Uint8Array {
    if (this.needles.isEmpty) return chunk;
    this.unread.push(chunk);
    this.unreadBytes += chunk.length;
    const isEnough = this.unreadBytes >= Math.max(this.pieceBytes, this.tail.length * PIECE_OF_TAIL);
    return isEnough ? this.look() : NOTHING;
  }

  /** The rest: nothing follows that could turn the tail into a secret. */
  end(): Uint8Array {
    return Buffer.concat([this.look(), this.release(this.tail, this.tail.length)]);
  }

  /** The rest if the stream broke off: the tail may be most of a secret, so it is dropped. */
  breakOff(): Uint8Array {
    return this.look();
  }

  /** Searches what is new, each byte once. */
  private look(): Uint8Array {
    const bytes = Buffer.concat([this.tail, ...this.unread]);
    [this.unread, this.unreadBytes] = [[], 0];
    const { needles } = this;
    let state = this.state;
    for (let at = this.tail.length; at < bytes.length; at += 1) {
      state = needles.next(state, bytes[at]!);
      const length = needles.endedIn(state);
      if (length > 0) this.blot(at + 1 - length, at + 1);
    }
    this.state = state;
    return this.release(bytes, bytes.length - needles.begunIn(state));
  }

  /** Secrets that overlap are blotted out together: of none is an end to be seen beyond another. */
  private blot(from: number, to: number): void {
    let last = this.blots.at(-1);
    if (!last || last.to <= from) return void this.blots.push({ from, to });
    while (last.from > from && this.blots.length > 1 && this.blots.at(-2)!.to > from) {
      this.blots.pop();
      last = this.blots.at(-1)!;
    }
    last.from = Math.min(last.from, from);
    last.to = to;
  }

  /** Passes on what is before `until`, with a mark for each blot that begins there, and keeps the rest. */
  private release(bytes: Buffer, until: number): Uint8Array {
    const clean: Uint8Array[] = [];
    let at = 0;
    for (const { from, to } of this.blots) {
      if (from >= until) break;
      if (from >= 0) clean.push(bytes.subarray(at, from), REDACTED);
      at = to;
    }
    clean.push(bytes.subarray(at, Math.max(at, until)));
    this.tail = Buffer.from(bytes.subarray(until));
    this.blots = this.blots
      .filter(({ to }) => to > until)
      .map(({ from, to }) => ({ from: from - until, to: to - until }));
    return Buffer.concat(clean);
  }
}
