import { type OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from './operations.js';

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Makes the request safe to send again for 24 hours: a repeat gets the first answer.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
} as const;

/** Documents the request header that every POST takes. */
export function applyCommonHeaders(document: OpenAPIObject): void {
  for (const { method, operation } of operationsOf(document)) {
    if (method === 'post') operation.parameters = [...(operation.parameters ?? []), { ...IDEMPOTENCY_KEY }];
  }
}
