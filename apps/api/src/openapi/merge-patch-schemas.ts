import { type OpenAPIObject } from '@nestjs/swagger';
import { operationsOf } from './operations.js';
import {
  dropUnused,
  isReference,
  nameIn,
  referenceTo,
  type Schema,
  schemaNamed,
  type SchemaObject,
  schemasOf,
  withoutDefault,
} from './schemas.js';

/**
 * Gives every PATCH a schema of its own, made of that of the whole: each member may be absent, and null takes one that has a
 * default back to it (RFC 7396); the same in the objects within.
 */
export function applyMergePatchSchemas(document: OpenAPIObject): void {
  for (const { method, operation } of operationsOf(document)) {
    if (method !== 'patch' || !operation.requestBody || !('content' in operation.requestBody)) continue;
    for (const content of Object.values(operation.requestBody.content)) {
      if (!content.schema || !isReference(content.schema)) continue;
      const whole = nameIn(content.schema);
      content.schema = patchNamed(document, whole);
      dropUnused(document, whole);
    }
  }
}

function patchNamed(document: OpenAPIObject, whole: string): Schema {
  const name = `${whole.replace(/Request$/, '')}Patch`;
  if (!(name in schemasOf(document))) {
    schemasOf(document)[name] = patchOf(document, schemaNamed(document, whole));
  }
  return referenceTo(name);
}

function patchOf(document: OpenAPIObject, schema: Schema): Schema {
  if (isReference(schema)) return patchNamed(document, nameIn(schema));
  const { required = [], discriminator: _ofAlternatives, ...patch } = withoutDefault(schema);
  const { properties, oneOf, additionalProperties } = patch;
  if (properties) {
    const members = Object.entries(properties).map(([name, member]) => {
      const part = patchOf(document, member);
      return [name, required.includes(name) ? part : orNull(part)];
    });
    return { ...patch, properties: Object.fromEntries(members) as Record<string, Schema> };
  }
  // Which of the alternatives it is does not show in a patch that says nothing of `type`.
  if (oneOf?.every(isReference)) return { anyOf: oneOf.map((part) => patchOf(document, part)) };
  if (typeof additionalProperties === 'object')
    return { ...patch, additionalProperties: orNull(additionalProperties) };
  return patch;
}

function orNull(schema: Schema): Schema {
  if (isReference(schema)) return { anyOf: [schema, NULL] };
  if (schema.anyOf) return { ...schema, anyOf: [...schema.anyOf, NULL] };
  if (schema.type === undefined) return schema;
  const types = new Set([schema.type, 'null'].flat());
  const values = schema.enum as unknown[] | undefined;
  return { ...schema, type: [...types], ...(values && { enum: [...values, null] }) };
}

const NULL: SchemaObject = { type: 'null' };
