import { Needle } from './needle.js';
import type { LogSink, RunGrants } from './runner.js';
import type { Outcome, RunResult } from './outcome.js';
import { encodedPath } from './secret-references.js';

const REDACTED = Buffer.from('[redacted]');
/** A line of a key file alone gives much of it away; shorter ones are `-----END-----` and the like. */
const TELLING_LINE_LENGTH = 16;
/** Each is one more thing to look for at every byte. A key has some 50 lines; with a chain of certificates, some 150. */
const MAX_LINES = 200;
const PIECE_OF_TAIL = 1 / 8;
const NOTHING = Buffer.alloc(0);

/** One for each run, which looks for its secrets at several places. */
const madeFor = new WeakMap<object, Redaction>();

/**
 * Blots secrets out of what a target says, in the forms in which it was given them or is likely to repeat them: as they
 * are, percent-encoded, escaped in JSON, in base64, and line by line. What a target makes of one beyond that it can show;
 * and lines by themselves beyond the 200 longest of all its secrets, though never the whole value in any of the forms.
 */
export class Redaction {
  /** Longest first, so that of two that begin alike the whole one goes. */
  private readonly needles: readonly Needle[];

  constructor(secrets: Iterable<string | null>) {
    const known = [...secrets].filter((secret) => secret !== null);
    const forms = new Set([...known.flatMap(formsOf), ...tellingLinesOf(known)]);
    const needles = [...forms].flatMap(bytesOf).map((bytes) => new Needle(bytes));
    this.needles = needles.sort((a, b) => b.length - a.length);
  }

  /** Made once for a run's secrets: its tables take a multiple of their length. */
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

  /** @param pieceBytes how much it may wait for, where nobody reads along: a look at a few bytes costs as much as at many */
  stream(pieceBytes = 0): RedactedStream {
    return new RedactedStream(this.needles, pieceBytes);
  }

  log(log: LogSink): LogSink {
    return { write: (stream, text) => log.write(stream, this.text(text)) };
  }

  /** For the texts of an outcome; its output has gone through a stream already, before it was cut. */
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

/** A byte stream without the secrets, also those that are cut in two between chunks. */
export class RedactedStream {
  /** The end of what was looked through: it may be the beginning of a secret. */
  private tail: Buffer = NOTHING;
  private unread: Uint8Array[] = [];
  private unreadBytes = 0;

  constructor(
    private readonly needles: readonly Needle[],
    private readonly pieceBytes: number,
  ) {}

  /**
   * What can be passed on; an end that may be the beginning of a secret waits for more. It is looked through again with
   * each piece, so the longer it is the larger these are: else a secret that comes byte by byte would cost its square.
   */
  push(chunk: Uint8Array): Uint8Array {
    if (this.needles.length === 0) return chunk;
    this.unread.push(chunk);
    this.unreadBytes += chunk.length;
    const isEnough = this.unreadBytes >= Math.max(this.pieceBytes, this.tail.length * PIECE_OF_TAIL);
    return isEnough ? this.look() : NOTHING;
  }

  /** The rest: nothing follows that would make a secret of the tail. */
  end(): Uint8Array {
    const before = this.look();
    const { clean, at } = this.blotted(this.tail, this.tail.length);
    return Buffer.concat([before, ...clean, this.tail.subarray(at)]);
  }

  /** The rest where the bytes break off: the tail may be most of a secret, and is dropped. */
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

  /** Where at the end of the bytes the first beginning of a secret stands. */
  private beginningIn(bytes: Buffer): number {
    let first = bytes.length;
    for (const needle of this.needles) first = Math.min(first, needle.beginningIn(bytes));
    return first;
  }

  /** All up to and with the last whole secret that begins before `openFrom`: one from there on may become a longer one. */
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

/** Of places in a text, -1 for none, the number of the first; of equal ones the earlier, which is the longer needle's. */
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
    inJson(inJson(secret)), // a body that is echoed as text inside JSON
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
  ].filter((form) => form !== '');
}

/** The longest of them, which tell most. */
function tellingLinesOf(secrets: readonly string[]): string[] {
  const lines = new Set(secrets.flatMap((secret) => secret.split(/\r?\n/)));
  const telling = [...lines].filter((line) => line.length >= TELLING_LINE_LENGTH);
  return telling.sort((a, b) => b.length - a.length).slice(0, MAX_LINES);
}

/** Headers go out as Latin-1, and may come back so. */
function bytesOf(form: string): Buffer[] {
  const utf8 = Buffer.from(form);
  const isOtherInLatin1 = /[\x80-\xff]/.test(form) && !/[^\x00-\xff]/.test(form);
  return isOtherInLatin1 ? [utf8, Buffer.from(form, 'latin1')] : [utf8];
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}
