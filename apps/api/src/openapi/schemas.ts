import { type OpenAPIObject } from '@nestjs/swagger';

type Schemas = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>;
export type Schema = Schemas[string];
export type SchemaObject = Exclude<Schema, { $ref: string }>;

const SCHEMAS = '#/components/schemas/';

export function schemasOf(document: OpenAPIObject): Schemas {
  document.components ??= {};
  return (document.components.schemas ??= {});
}

/** @throws Error for a name that is not there, which is a mistake in the code that describes the api */
export function schemaNamed(document: OpenAPIObject, name: string): SchemaObject {
  const schema = schemasOf(document)[name];
  if (!schema || isReference(schema)) throw new Error(`the OpenAPI document has no schema ${name}`);
  return schema;
}

export function isReference(schema: Schema): schema is { $ref: string } {
  return '$ref' in schema;
}

export function referenceTo(name: string): { $ref: string } {
  return { $ref: SCHEMAS + name };
}

export function nameIn({ $ref }: { readonly $ref: string }): string {
  return $ref.slice(SCHEMAS.length);
}

/** For schemas in which nothing is left out, so that no default can stand in. */
export function withoutDefault(schema: SchemaObject): SchemaObject {
  const rest = { ...schema };
  delete rest.default;
  return rest;
}

/** Takes out a schema that nothing refers to any more. */
export function dropUnused(document: OpenAPIObject, name: string): void {
  if (!JSON.stringify(document).includes(JSON.stringify(SCHEMAS + name))) delete schemasOf(document)[name];
}
