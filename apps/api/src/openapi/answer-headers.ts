import { type OpenAPIObject } from '@nestjs/swagger';
import { type DocumentedOperation, operationsOf, takesHeader } from './operations.js';
import { isReference, nameIn, schemaNamed } from './schemas.js';

/** Described once, and referred to by each answer that has them. */
const HEADERS = {
  'X-Request-Id': 'The id of the request, as it came with it or made here.',
  ETag: 'The `version` in quotes, for `If-Match`.',
  Location: 'Where the resource is.',
  'Idempotent-Replayed': '`true` where this is the first answer to the Idempotency-Key, given again.',
  'Preference-Applied': '`wait=N` where the answer waited for the end of the run.',
} as const;

type HeaderName = keyof typeof HEADERS;
type Answer = { headers?: Record<string, unknown>; content?: Record<string, { schema?: { $ref?: string } }> };

/** Documents the headers that answers have by what they are. */
export function applyAnswerHeaders(document: OpenAPIObject): void {
  const described = Object.entries(HEADERS).map(([name, description]) => [
    name,
    { description, schema: { type: 'string' } },
  ]);
  document.components ??= {};
  document.components.headers = Object.fromEntries(described) as never;
  for (const documented of operationsOf(document)) {
    if (documented.path.startsWith('/health/')) continue;
    for (const [status, answer] of Object.entries(documented.operation.responses)) {
      addHeaders(answer as Answer, headersOf(document, documented, Number(status), answer as Answer));
    }
  }
}

function headersOf(
  document: OpenAPIObject,
  { method, path, operation }: DocumentedOperation,
  status: number,
  answer: Answer,
): HeaderName[] {
  if (status >= 400) return []; // The body has the id of the request.
  return [
    'X-Request-Id',
    ...(hasVersion(document, answer) ? (['ETag'] as const) : []),
    ...((status === 201 || status === 202) && !path.endsWith('/rotate') ? (['Location'] as const) : []),
    ...(method === 'post' ? (['Idempotent-Replayed'] as const) : []),
    ...(takesHeader(operation, 'Prefer') ? (['Preference-Applied'] as const) : []),
  ];
}

function hasVersion(document: OpenAPIObject, { content }: Answer): boolean {
  const schema = content?.['application/json']?.schema;
  if (!schema || !isReference(schema as { $ref: string })) return false;
  return 'version' in (schemaNamed(document, nameIn(schema as { $ref: string })).properties ?? {});
}

function addHeaders(answer: Answer, names: readonly HeaderName[]): void {
  const references = names.map((name) => [name, { $ref: `#/components/headers/${name}` }]);
  answer.headers = { ...(Object.fromEntries(references) as Record<string, unknown>), ...answer.headers };
}
