import { type Type } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import {
  createValidationPipe,
  type FieldError,
  isJsonObject,
  pointerTo,
  validationProblem,
} from '@app/platform/problem';

/** What a PUT replaces. */
export interface Replaced<T> {
  /** As a client would send it: its names are those of what a client decides. */
  readonly request: Readonly<Record<keyof T, unknown>>;
  /** As a client reads it. */
  readonly response: object & { readonly id: string };
  /** Members of the response that move on while the version stays. */
  readonly moving?: readonly string[];
}

const pipe = createValidationPipe();

/**
 * A body that replaces a resource, checked. It may be the resource as it was read: what the service decides may stay in it
 * where it says what is so. Elsewhere it would be a setting that silently does nothing, and is refused.
 * @throws ProblemError `validation_failed`
 */
export async function replacingRequest<T extends object>(
  request: Type<T>,
  replaced: Replaced<T>,
  body: unknown,
): Promise<T> {
  const decided = isJsonObject(body) ? withoutReadOnly(body, replaced) : body;
  return (await pipe.transform(decided === undefined ? {} : decided, {
    type: 'body',
    metatype: request,
  })) as T;
}

function withoutReadOnly(body: object, { request, response, moving = [] }: Replaced<object>): object {
  const sent = new Map<string, unknown>(Object.entries(body));
  const isAsRead = sent.get('id') === response.id;
  const readOnly = Object.entries(response).filter(
    ([name]) => sent.has(name) && !Object.hasOwn(request, name),
  );
  const differing = readOnly.filter(([name, value]) => !isDeepStrictEqual(sent.get(name), value));
  const faults = differing.filter(([name]) => !isAsRead || !moving.includes(name));
  if (faults.length > 0) throw validationProblem(faults.map(([name]) => readOnlyFault(name)));
  for (const [name] of readOnly) sent.delete(name);
  return Object.fromEntries(sent);
}

function readOnlyFault(name: string): FieldError {
  const detail = `${name} is read-only: leave it out, or as it was read`;
  return { pointer: pointerTo('', name), code: 'read_only', detail };
}
