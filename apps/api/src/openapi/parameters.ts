import { type OpenAPIObject } from '@nestjs/swagger';
import { type Operation, operationsOf } from './operations.js';

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description:
    'Makes the request safe to send again for 24 hours: a repeat gets the first answer. A refused request leaves the key free.',
  schema: { type: 'string', minLength: 1, maxLength: 255 },
} as const;

/** Documents the request header that every POST takes, and that the ids in paths are UUIDs. */
export function applyParameters(document: OpenAPIObject): void {
  for (const { method, operation } of operationsOf(document)) {
    for (const parameter of operation.parameters ?? []) describeId(parameter);
    if (method === 'post') operation.parameters = [...(operation.parameters ?? []), { ...IDEMPOTENCY_KEY }];
  }
}

function describeId(parameter: NonNullable<Operation['parameters']>[number]): void {
  if (!('name' in parameter) || parameter.in !== 'path' || !parameter.name.endsWith('Id')) return;
  parameter.schema = { type: 'string', format: 'uuid' };
}
