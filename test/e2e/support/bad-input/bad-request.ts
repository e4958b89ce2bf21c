/** One request that must be refused, and how. */
export interface BadRequest {
  readonly what: string;
  /** `POST /jobs`; `{job}` and its like in the path stand for ids of things that there are. */
  readonly request: string;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
  readonly headers: Readonly<Record<string, string>>;
  readonly status: number;
  readonly code: string;
  readonly pointers: readonly string[];
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const INVALID = { status: 400, code: 'validation_failed', headers: {} };

/** JSON that does not mean what the operation takes: 400 with the place. */
export function wrong(what: string, request: string, body: unknown, ...pointers: string[]): BadRequest {
  const asJson = body === undefined ? null : JSON.stringify(body);
  return { ...INVALID, what, request, body: asJson, headers: JSON_TYPE, pointers };
}

/** A path or query that is wrong, without a body: 400 with the place, or 404 for what no id can be. */
export function asked(request: string, ...pointers: string[]): BadRequest {
  return { ...INVALID, what: 'that query', request, body: null, pointers };
}

/** What is refused by another rule than those of its fields. */
export function refused(
  what: string,
  request: string,
  [status, code, ...pointers]: readonly [number, string, ...string[]],
  body: string | Uint8Array<ArrayBuffer> | null = null,
  headers: Readonly<Record<string, string>> = JSON_TYPE,
): BadRequest {
  return { what, request, body, headers: body === null ? without(headers) : headers, status, code, pointers };
}

/** A body's type is said of a body only. */
function without({
  'Content-Type': _type,
  ...headers
}: Readonly<Record<string, string>>): Record<string, string> {
  return headers;
}

export function nested(levels: number): unknown {
  return levels === 0 ? 1 : { in: nested(levels - 1) };
}
