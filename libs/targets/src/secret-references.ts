import { invalidTarget, secretFault } from './http-error.js';
import type { OutcomeFailed } from './outcome.js';
import type { RunGrants } from './runner.js';
import type { CommandTarget, HttpTarget, Target } from './target.js';

/** What may stand in `{{secret.NAME}}`. */
export const SECRET_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

const REFERENCE = /\{\{secret\.([A-Za-z][A-Za-z0-9_-]{0,63})\}\}/g;
/**
 * What was meant as a reference, well written or not; one where it ends in two braces. Matches from any opening, closed
 * or not: where a second opening stands before the end of the first it ends alike, and is not read again.
 */
const LOOSE_REFERENCE = /\{\{\s*secrets?\b[^}]*\}{0,2}/gi;
/** Scheme, host and port; the URL's own rules refuse user names and passwords. */
const AUTHORITY = /^[^:/?#]*:\/\/[^/?#\\]*/;

/** Why `text` holds something that looks like a reference to a secret and is none, or null. */
export function findReferenceFault(text: string): string | null {
  const loose = (text.match(LOOSE_REFERENCE) ?? []).filter((reference) => reference.endsWith('}}'));
  const strict = new Set(text.match(REFERENCE) ?? []);
  const wrong = loose.find((reference) => !strict.has(reference));
  return wrong === undefined ? null : `must write a reference to a secret as {{secret.NAME}}, not ${wrong}`;
}

export function hasReference(text: string): boolean {
  return text.search(REFERENCE) !== -1;
}

/** Whether a secret would decide where a request goes: the egress policy would be judging what nobody wrote down. */
export function hasReferenceInHost(url: string): boolean {
  return hasReference(AUTHORITY.exec(url)?.[0] ?? '');
}

/** The names of all secrets that a target refers to, each once. */
export function secretNamesIn(target: Target): string[] {
  const parts: readonly unknown[] =
    target.type === 'http' ? [target.url, target.headers, target.body] : [target.env, target.stdin];
  const names = new Set<string>();
  mapStrings(parts, (text) => text.replace(REFERENCE, (_, name: string) => (names.add(name), '')));
  return [...names];
}

/** The target with its secrets in place, or why it cannot be run. Nothing of it is ever stored or logged. */
export function withSecrets<T extends Target>(target: T, { secrets }: RunGrants): T | OutcomeFailed {
  const names = secretNamesIn(target);
  const unusable = names.find((name) => typeof secrets.get(name) !== 'string');
  if (unusable !== undefined) return secretFault(unusable, secrets.has(unusable));
  if (target.type === 'http' && hasReferenceInHost(target.url)) {
    return invalidTarget('a secret must not be part of the host or the port of a URL');
  }
  if (names.length === 0) return target;
  const valueOf = (name: string): string => secrets.get(name) ?? '';
  return (target.type === 'http' ? filledHttp(target, valueOf) : filledCommand(target, valueOf)) as T;
}

type ValueOf = (name: string) => string;

function filledHttp(target: HttpTarget, valueOf: ValueOf): HttpTarget {
  const fill = (text: string): string => filled(text, valueOf);
  return {
    ...target,
    url: filledUrl(target.url, valueOf),
    headers: mapStrings(target.headers, fill) as HttpTarget['headers'] & object,
    body: mapStrings(target.body, fill),
  };
}

function filledCommand(target: CommandTarget, valueOf: ValueOf): CommandTarget {
  const fill = (text: string): string => filled(text, valueOf);
  return {
    ...target,
    env: mapStrings(target.env, fill) as CommandTarget['env'] & object,
    stdin: mapStrings(target.stdin, fill),
  };
}

/** A function and not a text as replacement: `$&` in a secret means itself. */
function filled(text: string, valueOf: ValueOf): string {
  return text.replace(REFERENCE, (_, name: string) => valueOf(name));
}

/** Percent-encoded, so that a secret ends up where it was put: in a path it may have several segments, in a query none. */
function filledUrl(url: string, valueOf: ValueOf): string {
  const queryAt = url.indexOf('?');
  const [path, query] = queryAt === -1 ? [url, ''] : [url.slice(0, queryAt), url.slice(queryAt)];
  const inPath: ValueOf = (name) => encodedPath(valueOf(name));
  return filled(path, inPath) + filled(query, (name) => encodeURIComponent(valueOf(name)));
}

export function encodedPath(value: string): string {
  return value.split('/').map(encodeURIComponent).join('/');
}

/** A copy of any JSON value with each string in it replaced; keys stay. */
function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, map)]));
}
