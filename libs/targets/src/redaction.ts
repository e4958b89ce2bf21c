import { Needles } from './needles.js';
import type { LogSink, RunGrants } from './runner.js';
import type { Outcome, RunResult } from './outcome.js';
import { RedactedStream } from './redacted-stream.js';
import { encodedPath } from './secret-references.js';

/** A single line of a key file gives much of it away; shorter lines are `-----END-----` and the like. */
const TELLING_LINE_LENGTH = 16;
/** Each line is one more text to search for. A key has some 50 lines, or some 150 with a chain of certificates. */
const MAX_LINES = 200;

/** Several parts of a run redact the same secrets, so they share one. */
const madeFor = new WeakMap<object, Redaction>();

/**
 * Removes secrets from what a target says, in the forms in which it was given them or is likely to repeat them:
 * unchanged, percent-encoded, escaped in JSON, in base64, and line by line. Other transformations are not recognized,
 * nor are single lines beyond the 200 longest of all the run's secrets; a whole value in any of these forms always is.
 */
export class Redaction {
  private readonly needles: Needles;

  constructor(secrets: Iterable<string | null>) {
    const known = [...secrets].filter((secret) => secret !== null);
    const forms = new Set([...known.flatMap(formsOf), ...tellingLinesOf(known)]);
    this.needles = new Needles([...forms].flatMap(bytesOf));
  }

  /** Made once for a run's secrets, because its tables are several times as long as they are. */
  static of(secrets: RunGrants['secrets']): Redaction {
    const redaction = madeFor.get(secrets) ?? new Redaction(secrets.values());
    madeFor.set(secrets, redaction);
    return redaction;
  }

  text(text: string): string {
    if (this.needles.isEmpty) return text;
    const stream = this.stream();
    return Buffer.concat([stream.push(Buffer.from(text)), stream.end()]).toString();
  }

  /** @param pieceBytes how much it may collect if nobody reads along: each piece is copied */
  stream(pieceBytes = 0): RedactedStream {
    return new RedactedStream(this.needles, pieceBytes);
  }

  log(log: LogSink): LogSink {
    return {
      get hasEnough() {
        return log.hasEnough ?? false;
      },
      write: (stream, text) => {
        if (!log.hasEnough) return log.write(stream, this.text(text));
      },
    };
  }

  /** Redacts the texts of an outcome; its output already went through a stream before it was cut. */
  outcome(outcome: Outcome): Outcome {
    if (this.needles.isEmpty) return outcome;
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
