import { isDeepStrictEqual } from 'node:util';
import { type FieldError, pointerTo, validationProblem } from '@app/platform/problem';
import { UUID } from './uuid.js';

/** What a PUT replaces or a PATCH changes. */
export interface Replaced<T> {
  /** As a client would send it: its names are those of what a client decides. */
  readonly request: Readonly<Record<keyof T, unknown>>;
  /** As a client reads it. */
  readonly response: object & { readonly id?: string };
  /** Members of the response that move on while the version stays. */
  readonly moving?: readonly string[];
}

/**
 * The body without its read-only members. They may be there with the values that they have; with others they would be
 * settings that silently do nothing, and are refused.
 * @throws ProblemError `validation_failed`
 */
export function withoutReadOnly(body: object, { request, response, moving = [] }: Replaced<object>): object {
  const sent = new Map<string, unknown>(Object.entries(body));
  const isAsRead = isSame(sent.get('id'), response.id);
  const readOnly = Object.entries(response).filter(
    ([name]) => sent.has(name) && !Object.hasOwn(request, name),
  );
  const differing = readOnly.filter(([name, value]) => !isSame(sent.get(name), value));
  const faults = differing.filter(([name]) => !isAsRead || !moving.includes(name));
  if (faults.length > 0) throw validationProblem(faults.map(([name]) => readOnlyFault(name)));
  for (const [name] of readOnly) sent.delete(name);
  return Object.fromEntries(sent);
}

const INSTANT = /^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/;

/** By value: a typed client writes instants and ids in a way of its own (`+00:00`, `.35Z` for `.350Z`, capitals). */
function isSame(sent: unknown, read: unknown): boolean {
  if (typeof sent !== 'string' || typeof read !== 'string') return isDeepStrictEqual(sent, read);
  if (INSTANT.test(read) && INSTANT.test(sent)) return Date.parse(sent) === Date.parse(read);
  if (UUID.test(read)) return sent.toLowerCase() === read.toLowerCase();
  return sent === read;
}

function readOnlyFault(name: string): FieldError {
  const detail = `${name} is read-only: leave it out, or as it was read`;
  return { pointer: pointerTo('', name), code: 'read_only', detail };
}
