import { Needle } from './needle.js';
import type { LogSink, RunGrants } from './runner.js';
import type { Outcome, RunResult } from './outcome.js';
import { encodedPath } from './secret-references.js';

const REDACTED = Buffer.from('[redacted]');
/** A single line of a key file gives much of it away; shorter lines are `-----END-----` and the like. */
const TELLING_LINE_LENGTH = 16;
/** Each line is one more text to search for. A key has some 50 lines, or some 150 with a chain of certificates. */
const MAX_LINES = 200;
const PIECE_OF_TAIL = 1 / 8;
const NOTHING = Buffer.alloc(0);

/** Several parts of a run redact the same secrets, so they share one. */
const madeFor = new WeakMap<object, Redaction>();

/**
 * Removes secrets from what a target says, in the forms in which it was given them or is likely to repeat them:
 * unchanged, percent-encoded, escaped in JSON, in base64, and line by line. Other transformations are not recognized,
 * nor are single lines beyond the 200 longest of all the run's secrets; a whole value in any of these forms always is.
 */
export class Redaction {
  /** Longest first, so that of two that begin alike the longer one is removed whole. */
  private readonly needles: readonly Needle[];

  constructor(secrets: Iterable<string | null>) {
    const known = [...secrets].filter((secret) => secret !== null);
    const forms = new Set([...known.flatMap(formsOf), ...tellingLinesOf(known)]);
    const needles = [...forms].flatMap(bytesOf).map((bytes) => new Needle(bytes));
    this.needles = needles.sort((a, b) => b.length - a.length);
  }

  /** Made once for a run's secrets, because its tables are several times as long as they are. */
  static of(secrets: RunGrants['secrets']): Redaction {
    const redaction = madeFor.get(secrets) ?? new Redaction(secrets.values());
    madeFor.set(secrets, redaction);
    return redaction;
  }

  text(text: string): string {
    if (this.needles.length === 0) return text;
    const stream = this.stream();
    return Buffer.concat([stream.push(Buffer.from(text)), stream.end()]).toString();
  }

  /** @param pieceBytes how much it may collect if nobody reads along: searching few bytes costs as much as many */
  stream(pieceBytes = 0): RedactedStream {
    return new RedactedStream(this.needles, pieceBytes);
  }

  log(log: LogSink): LogSink {
    return { write: (stream, text) => log.write(stream, this.text(text)) };
  }

  /** Redacts the texts of an outcome; its output already went through a stream before it was cut. */
  outcome(outcome: Outcome): Outcome {
    if (this.needles.length === 0) return outcome;
    const result = outcome.result === null ? null : this.result(outcome.result);
    if (outcome.type !== 'failed') return { ...outcome, result } as Outcome;
    return { ...outcome, result, error: { ...outcome.error, message: this.text(outcome.error.message) } };
  }

  private result(result: RunResult): RunResult {
    if (result.headers === undefined) return result;
    const headers = Object.entries(result.headers).map(([name, value]) => [name, this.text(value)]);
    return { ...result, headers: Object.fromEntries(headers) as Record<string, string> };
  }
}

/** A byte stream without the secrets, even those that are split between chunks. */
export class RedactedStream {
  /** The end of what was searched so far: it may be the beginning of a secret. */
  private tail: Buffer = NOTHING;
  private unread: Uint8Array[] = [];
  private unreadBytes = 0;

  constructor(
    private readonly needles: readonly Needle[],
    private readonly pieceBytes: number,
  ) {}

  /**
   * What can be passed on; an end that may be the beginning of a secret waits for more. It is searched again with each
   * piece, so the pieces grow with it: otherwise a secret that comes byte by byte would cost its length squared.
   */
  push(chunk: Uint8Array): Uint8Array {
    if (this.needles.length === 0) return chunk;
    this.unread.push(chunk);
    this.unreadBytes += chunk.length;
    const isEnough = this.unreadBytes >= Math.max(this.pieceBytes, this.tail.length * PIECE_OF_TAIL);
    return isEnough ? this.look() : NOTHING;
  }

  /** The rest: nothing follows that could turn the tail into a secret. */
  end(): Uint8Array {
    const before = this.look();
    const { clean, at } = this.blotted(this.tail, this.tail.length);
    return Buffer.concat([before, ...clean, this.tail.subarray(at)]);
  }

  /** The rest if the stream broke off: the tail may be most of a secret, so it is dropped. */
  breakOff(): Uint8Array {
    return this.look();
  }

  private look(): Uint8Array {
    const bytes = Buffer.concat([this.tail, ...this.unread]);
    [this.unread, this.unreadBytes] = [[], 0];
    const openFrom = this.beginningIn(bytes);
    const { clean, at } = this.blotted(bytes, openFrom);
    const tailFrom = Math.max(at, openFrom);
    this.tail = Buffer.from(bytes.subarray(tailFrom));
    return Buffer.concat([...clean, bytes.subarray(at, tailFrom)]);
  }

  /** Where the end of the bytes may be the beginning of a secret. */
  private beginningIn(bytes: Buffer): number {
    let first = bytes.length;
    for (const needle of this.needles) first = Math.min(first, needle.beginningIn(bytes));
    return first;
  }

  /** Everything up to the end of the last whole secret that begins before `openFrom`; a later one may turn out longer. */
  private blotted(bytes: Buffer, openFrom: number): { clean: Buffer[]; at: number } {
    const clean: Buffer[] = [];
    const next = this.needles.map((needle) => needle.indexIn(bytes));
    let at = 0;
    for (;;) {
      const first = indexOfFirst(next);
      const needle = this.needles[first];
      if (needle === undefined || next[first]! >= openFrom) return { clean, at };
      clean.push(bytes.subarray(at, next[first]), REDACTED);
      at = next[first]! + needle.length;
      this.needles.forEach((other, index) => {
        if (next[index]! !== -1 && next[index]! < at) next[index] = other.indexIn(bytes, at);
      });
    }
  }
}

/** The index of the smallest position, where -1 means none; of equal ones the first, which is the longer needle's. */
function indexOfFirst(places: readonly number[]): number {
  return places.reduce(
    (first, place, index) => (place !== -1 && (first === -1 || place < places[first]!) ? index : first),
    -1,
  );
}

function formsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64').replace(/=+$/, '');
  return [
    secret,
    encodeURIComponent(secret),
    encodedPath(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    inJson(secret),
    inJson(inJson(secret)), // a body echoed as text inside JSON
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
  ].filter((form) => form !== '');
}

/** The longest lines, which reveal the most. */
function tellingLinesOf(secrets: readonly string[]): string[] {
  const lines = new Set(secrets.flatMap((secret) => secret.split(/\r?\n/)));
  const telling = [...lines].filter((line) => line.length >= TELLING_LINE_LENGTH);
  return telling.sort((a, b) => b.length - a.length).slice(0, MAX_LINES);
}

/** Headers are sent as Latin-1 and may come back that way. */
function bytesOf(form: string): Buffer[] {
  const utf8 = Buffer.from(form);
  const isOtherInLatin1 = /[\x80-\xff]/.test(form) && !/[^\x00-\xff]/.test(form);
  return isOtherInLatin1 ? [utf8, Buffer.from(form, 'latin1')] : [utf8];
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
