import { Needle } from './needle.js';
import type { LogSink } from './runner.js';
import type { Outcome, RunResult } from './outcome.js';
import { encodedPath } from './secret-references.js';

const REDACTED = Buffer.from('[redacted]');
/** A line of a key file alone gives much of it away; shorter ones are `-----END-----` and the like. */
const TELLING_LINE_LENGTH = 16;

/**
 * Blots secrets out of what a target says, in the forms in which it was given them or is likely to repeat them: as they
 * are, percent-encoded, escaped in JSON, in base64, and line by line. What a target makes of one beyond that it can show.
 */
export class Redaction {
  /** Longest first, so that of two that begin alike the whole one goes. */
  private readonly needles: readonly Needle[];

  constructor(secrets: Iterable<string | null>) {
    const forms = new Set([...secrets].flatMap((secret) => (secret === null ? [] : formsOf(secret))));
    const needles = [...forms].flatMap(bytesOf).map((bytes) => new Needle(bytes));
    this.needles = needles.sort((a, b) => b.length - a.length);
  }

  text(text: string): string {
    if (this.needles.length === 0) return text;
    const stream = this.stream();
    return Buffer.concat([stream.push(Buffer.from(text)), stream.end()]).toString();
  }

  stream(): RedactedStream {
    return new RedactedStream(this.needles);
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
  private held: Buffer = Buffer.alloc(0);

  constructor(private readonly needles: readonly Needle[]) {}

  /** What can be passed on; an end that may be the beginning of a secret waits for more. */
  push(chunk: Uint8Array): Uint8Array {
    if (this.needles.length === 0) return chunk;
    const bytes = Buffer.concat([this.held, chunk]);
    const { clean, rest } = this.withoutWhole(bytes);
    const holdFrom = Math.min(...this.needles.map((needle) => needle.beginningIn(rest)));
    this.held = Buffer.from(rest.subarray(holdFrom));
    return Buffer.concat([...clean, rest.subarray(0, holdFrom)]);
  }

  end(): Uint8Array {
    const { held } = this;
    this.held = Buffer.alloc(0);
    return held;
  }

  /** All up to and with the last whole secret, blotted, and what follows it. */
  private withoutWhole(bytes: Buffer): { clean: Buffer[]; rest: Buffer } {
    const clean: Buffer[] = [];
    const next = this.needles.map((needle) => needle.indexIn(bytes));
    let at = 0;
    for (;;) {
      const first = indexOfFirst(next);
      const needle = this.needles[first];
      if (needle === undefined) return { clean, rest: bytes.subarray(at) };
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
  const lines = secret.split(/\r?\n/).filter((line) => line.length >= TELLING_LINE_LENGTH);
  return [
    secret,
    encodeURIComponent(secret),
    encodedPath(secret),
    new URLSearchParams({ s: secret }).toString().slice(2),
    inJson(secret),
    inJson(inJson(secret)), // a body that is echoed as text inside JSON
    base64,
    base64.replaceAll('+', '-').replaceAll('/', '_'),
    ...lines,
  ].filter((form) => form !== '');
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
