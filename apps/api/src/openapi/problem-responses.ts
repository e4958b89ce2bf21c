import { type OpenAPIObject } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';
import { type DocumentedOperation, type Operation, operationsOf, takesHeader } from './operations.js';
import { PROBLEM_SCHEMA, problemExample } from './problem-schema.js';

/** These answer in a form of their own … */
const OWN_FORM = /^\/health\//;
/** … and this one has no problems but those that it declares. */
const DECLARED_ONLY = /^\/metrics$/;
/** A query that cannot be read is refused before anybody looks which operation it is for. */
const OF_ALL = 400;

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  400: 'The request is not valid; `errors` says what is wrong and where.',
  401: 'No credential, or one that is wrong, revoked or expired.',
  403: 'The credential lacks a scope, which `detail` names; or a quota of the service is used up.',
  404: 'There is no such resource.',
  409: 'The request does not fit the present state, or the first one with this Idempotency-Key is still running.',
  412: '`If-Match` does not name the current version.',
  413: 'The body is larger than 1 MB.',
  415: 'The body is not JSON in UTF-8, or is compressed.',
  422: 'The Idempotency-Key was used for another request.',
  428: 'This installation requires `If-Match` (IF_MATCH_REQUIRED).',
  429: 'Too many requests from this credential, service or address, or too many runs of the service; `Retry-After` says when to try again.',
  503: 'A dependency does not answer; `Retry-After` says when to try again.',
};

/** Documents the errors that this api has in common, on every operation that they apply to. */
export function applyProblemResponses(document: OpenAPIObject): void {
  document.components ??= {};
  document.components.schemas = { ...document.components.schemas, Problem: PROBLEM_SCHEMA };
  for (const documented of operationsOf(document)) {
    const { operation, path } = documented;
    const statuses = OWN_FORM.test(path) ? [OF_ALL] : problemStatusesOf(documented);
    for (const status of statuses) operation.responses[status] = problemResponse(operation, status, path);
  }
}

/** Those that the operation declares itself, and those that it has by what it is. */
function problemStatusesOf({ method, path, operation }: DocumentedOperation): ReadonlySet<number> {
  const declared = Object.keys(operation.responses)
    .map(Number)
    .filter((status) => status >= 400);
  if (DECLARED_ONLY.test(path)) return new Set([...declared, OF_ALL]);
  return new Set([
    ...declared,
    OF_ALL,
    ...(operation.security?.length ? [401, 403, 429] : []),
    ...(path.includes('{') ? [404] : []),
    ...(method === 'post' ? [409, 422] : []),
    ...(takesHeader(operation, 'If-Match') ? [412, 428] : []),
    // A POST that needs no body may still come with one, and is refused if that is not JSON.
    ...(operation.requestBody === undefined && method !== 'post' ? [] : [413, 415]),
    503,
  ]);
}

/** A description that the operation gives itself is better than ours. */
function problemResponse(operation: Operation, status: number, path: string): Operation['responses'][string] {
  const declared = operation.responses[status];
  const own = declared !== undefined && 'description' in declared ? declared.description : '';
  return {
    description: own || (DESCRIPTIONS[status] ?? STATUS_CODES[status] ?? 'Error'),
    ...(status in HEADERS ? { headers: { ...HEADERS[status] } } : {}),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        example: problemExample(status, path),
      },
    },
  };
}

const RETRY_AFTER = { description: 'Seconds to wait.', schema: { type: 'integer' } } as const;
const CHALLENGE = { description: 'The authentication scheme to use.', schema: { type: 'string' } } as const;

const HEADERS: Readonly<Record<number, Record<string, typeof RETRY_AFTER | typeof CHALLENGE>>> = {
  401: { 'WWW-Authenticate': CHALLENGE },
  429: { 'Retry-After': RETRY_AFTER },
  503: { 'Retry-After': RETRY_AFTER },
};
