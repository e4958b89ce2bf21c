import { MAX_BODY_BYTES } from './http/http-request.js';
import type { OutcomeFailed } from './outcome.js';
import type { RunGrants } from './runner.js';
import { invalidTarget, secretFault } from './target-faults.js';
import type { CommandTarget, HttpTarget, Target } from './target.js';

/** What NAME in `{{secret.NAME}}` may be. */
export const SECRET_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

const REFERENCE = /\{\{secret\.([A-Za-z][A-Za-z0-9_-]{0,63})\}\}/g;
/**
 * Anything meant as a reference, well-formed or not; only a match that ends in two braces is one. Unclosed openings match
 * too: a second opening inside the first ends at the same place, so the text is not scanned again.
 */
const LOOSE_REFERENCE = /\{\{\s*secrets?\b[^}]*\}{0,2}/gi;
/** Per target: the first bounds how much filling in adds, the second how many texts its answer is searched for. */
const MAX_REFERENCES = 100;
const MAX_SECRETS = 20;
/** Scheme, host and port; the rules for URLs refuse user names and passwords. */
const AUTHORITY = /^[^:/?#]*:\/\/[^/?#\\]*/;

/** The fault in `text` if something in it looks like a reference to a secret but is not one, or null. */
export function findReferenceFault(text: string): string | null {
  const loose = (text.match(LOOSE_REFERENCE) ?? []).filter((reference) => reference.endsWith('}}'));
  const strict = new Set(text.match(REFERENCE) ?? []);
  const wrong = loose.find((reference) => !strict.has(reference));
  return wrong === undefined ? null : `must write a reference to a secret as {{secret.NAME}}, not ${wrong}`;
}

export function hasReference(text: string): boolean {
  return text.search(REFERENCE) !== -1;
}

/** Whether a secret would decide where a request goes: the egress policy would judge a host that nobody wrote down. */
export function hasReferenceInHost(url: string): boolean {
  return hasReference(AUTHORITY.exec(url)?.[0] ?? '');
}

/** Why a target has too many references, or null. */
export function findSurplusOfReferences(target: Target): string | null {
  return findSurplus(referencesIn(target));
}

/** The names of all secrets that a target refers to, each once; empty if there are too many, since it is not run then. */
export function secretNamesIn(target: Target): string[] {
  const references = referencesIn(target);
  return findSurplus(references) === null ? [...new Set(references)] : [];
}

/** The target with its secrets filled in, or why it cannot be run. The filled target is never stored or logged. */
export function withSecrets<T extends Target>(target: T, { secrets }: RunGrants): T | OutcomeFailed {
  const references = referencesIn(target);
  const surplus = findSurplus(references);
  if (surplus !== null) return invalidTarget(`the target ${surplus}`);
  const unusable = references.find((name) => typeof secrets.get(name) !== 'string');
  if (unusable !== undefined) return secretFault(unusable, secrets.has(unusable));
  if (target.type === 'http' && hasReferenceInHost(target.url)) {
    return invalidTarget('a secret must not be part of the host or the port of a URL');
  }
  if (references.length === 0) return target;
  if (bytesAdded(references, secrets) > MAX_BODY_BYTES) {
    return invalidTarget(`its secrets make the target more than ${MAX_BODY_BYTES} bytes larger`);
  }
  const valueOf = (name: string): string => secrets.get(name) ?? '';
  return (target.type === 'http' ? filledHttp(target, valueOf) : filledCommand(target, valueOf)) as T;
}

/** The name in each reference, including repeats. */
function referencesIn(target: Target): string[] {
  const parts: readonly unknown[] =
    target.type === 'http' ? [target.url, target.headers, target.body] : [target.env, target.stdin];
  const names: string[] = [];
  mapStrings(parts, (text) => text.replace(REFERENCE, (_, name: string) => (names.push(name), '')));
  return names;
}

function findSurplus(references: readonly string[]): string | null {
  if (references.length > MAX_REFERENCES) return `must have at most ${MAX_REFERENCES} references to secrets`;
  const isSurplus = new Set(references).size > MAX_SECRETS;
  return isSurplus ? `must refer to at most ${MAX_SECRETS} different secrets` : null;
}

/** Added up before anything is filled in, so that long values or many references cannot exhaust the memory. */
function bytesAdded(references: readonly string[], secrets: RunGrants['secrets']): number {
  const lengths = new Map([...secrets].map(([name, value]) => [name, Buffer.byteLength(value ?? '')]));
  return references.reduce((sum, name) => sum + (lengths.get(name) ?? 0) - `{{secret.${name}}}`.length, 0);
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

/** Replaces by a function, not a string, so that `$&` in a secret is taken literally. */
function filled(text: string, valueOf: ValueOf): string {
  return text.replace(REFERENCE, (_, name: string) => valueOf(name));
}

/** Percent-encoded, so that a secret stays in its place: a path may get several segments from it, a query none. */
function filledUrl(url: string, valueOf: ValueOf): string {
  const queryAt = url.indexOf('?');
  const [path, query] = queryAt === -1 ? [url, ''] : [url.slice(0, queryAt), url.slice(queryAt)];
  const inPath: ValueOf = (name) => encodedPath(valueOf(name));
  return filled(path, inPath) + filled(query, (name) => encodeURIComponent(valueOf(name)));
}

export function encodedPath(value: string): string {
  return value.split('/').map(encodeURIComponent).join('/');
}

/** A copy of any JSON value with each string in it replaced; keys stay as they are. */
function mapStrings(value: unknown, map: (text: string) => string): unknown {
  if (typeof value === 'string') return map(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map));
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapStrings(item, map)]));
}
