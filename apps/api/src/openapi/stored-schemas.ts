import { type OpenAPIObject } from '@nestjs/swagger';
import {
  isReference,
  nameIn,
  referenceTo,
  type Schema,
  schemaNamed,
  schemasOf,
  withoutDefault,
} from './schemas.js';

/**
 * Where an answer shows what a request gave, its defaults are filled in: in a schema of its own, members with a default are
 * always there (`HttpTarget` beside `HttpTargetRequest`).
 */
export function applyStoredSchemas(document: OpenAPIObject): void {
  for (const [name, schema] of Object.entries(schemasOf(document))) {
    if (!/Response$/.test(name) || isReference(schema)) continue;
    for (const [member, part] of Object.entries(schema.properties ?? {})) {
      schema.properties![member] = storedOf(document, part);
    }
  }
}

function storedOf(document: OpenAPIObject, schema: Schema): Schema {
  if (isReference(schema))
    return /Request$/.test(schema.$ref) ? storedNamed(document, nameIn(schema)) : schema;
  const { oneOf, discriminator } = schema;
  if (!oneOf) return schema;
  const mapping = Object.entries(discriminator?.mapping ?? {}).map(([value, to]) => [value, storedName(to)]);
  return {
    ...schema,
    oneOf: oneOf.map((part) => storedOf(document, part)),
    ...(discriminator && {
      discriminator: { ...discriminator, mapping: Object.fromEntries(mapping) as Record<string, string> },
    }),
  };
}

function storedNamed(document: OpenAPIObject, request: string): Schema {
  const name = storedName(request);
  schemasOf(document)[name] ??= storedShape(schemaNamed(document, request));
  return referenceTo(name);
}

function storedName(request: string): string {
  return request.replace(/Request$/, '');
}

function storedShape(request: ReturnType<typeof schemaNamed>): Schema {
  const members = Object.entries(request.properties ?? {});
  const hasDefault = ([, member]: [string, Schema]) => 'default' in member;
  const required = new Set([
    ...(request.required ?? []),
    ...members.filter(hasDefault).map(([name]) => name),
  ]);
  const properties = members.map(([name, member]) => [
    name,
    isReference(member) ? member : withoutDefault(member),
  ]);
  return {
    ...request,
    required: [...required],
    properties: Object.fromEntries(properties) as Record<string, Schema>,
  };
}
