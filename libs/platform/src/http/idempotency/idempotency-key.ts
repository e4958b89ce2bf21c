import { isJsonObject, validationProblem } from '@app/platform/problem';
import { type Request } from 'express';
import { createHash } from 'node:crypto';

const PRINTABLE_ASCII = /^[\x21-\x7e](?:[\x20-\x7e]{0,253}[\x21-\x7e])?$/;

/** The caller's `Idempotency-Key`, or `null`. @throws ProblemError 400 when it is not 1 to 255 printable characters */
export function idempotencyKeyOf(request: Request): string | null {
  const key = request.get('Idempotency-Key');
  if (key === undefined) return null;
  if (PRINTABLE_ASCII.test(key)) return key;
  const detail = 'Idempotency-Key must be 1 to 255 printable ASCII characters';
  throw validationProblem([{ pointer: '/Idempotency-Key', code: 'invalid_idempotency_key', detail }]);
}

/** Whose key it is: two services may use the same one. The access guard leaves the service on the request. */
export function idempotencyScopeOf(
  request: Request & { readonly principal?: { readonly service: string } },
): string {
  return request.principal?.service ?? 'default';
}

/** The same for requests that ask the same, however their JSON is laid out. */
export function requestHashOf(request: Request): string {
  const identity = [request.method, request.originalUrl, canonical(request.body)];
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex');
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => (isJsonObject(inner) ? sorted(inner) : inner)) ?? '';
}

function sorted(object: object): object {
  return Object.fromEntries(Object.entries(object).sort(([a], [b]) => (a < b ? -1 : 1)));
}
