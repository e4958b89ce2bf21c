import fc, { type Arbitrary } from 'fast-check';
import { valueFor, type Schema } from './values.js';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly schema?: Schema;
}

export interface FuzzedOperation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

export interface FuzzedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

const NO_TEXT = /[^\x20-\x7e]/g;

/** What exists, by the name that paths have for it. */
export type Ids = Readonly<Record<string, string>>;

/** Requests that are nearly what an operation asks for: eight ids in ten are of a thing that exists, of the right kind. */
export function requestsOf(
  method: string,
  template: string,
  operation: FuzzedOperation,
  schemas: Readonly<Record<string, Schema>>,
  ids: Ids,
): Arbitrary<FuzzedRequest> {
  const { parameters = [] } = operation;
  const [content] = Object.entries(operation.requestBody?.content ?? {});
  const text = (schema: Schema) => valueFor(schema, schemas, 0).map(asText);
  const inQuery = fc.dictionary(fc.constantFrom(...namesOf(parameters, 'query'), 'odd'), fc.nat(20), {
    maxKeys: 3,
  });
  return fc
    .record({
      otherId: fc.oneof(
        { weight: 8, arbitrary: fc.constant(null) },
        { weight: 1, arbitrary: fc.constantFrom(...Object.values(ids)) },
        { weight: 1, arbitrary: text({ type: 'string' }) },
      ),
      query: inQuery,
      values: fc.array(text({}), { minLength: 21, maxLength: 21 }),
      header: fc.constantFrom(...namesOf(parameters, 'header'), 'X-Request-Id', 'traceparent'),
      headerValue: fc.option(text({ type: 'string' })),
      body: content
        ? fc.option(valueFor(content[1].schema, schemas, 0), { freq: 20 })
        : fc.option(fc.json(), { freq: 2 }),
    })
    .map(({ otherId, query, values, header, headerValue, body }) => {
      const pairs = Object.entries(query).map(
        ([name, at]) => `${name}=${encodeURIComponent(values[at] ?? '')}`,
      );
      const idFor = (name: string) => encodeURIComponent(otherId ?? ids[name] ?? '') || '-';
      const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => idFor(name));
      return {
        method: method.toUpperCase(),
        path: pairs.length > 0 ? `${path}?${pairs.join('&')}` : path,
        headers: {
          ...(headerValue === null ? {} : { [header]: headerValue.replaceAll(NO_TEXT, '~') }),
          ...(body === null || method === 'get'
            ? {}
            : { 'Content-Type': content?.[0] ?? 'application/json' }),
        },
        body: body === null || method === 'get' ? null : JSON.stringify(body),
      };
    });
}

function namesOf(parameters: readonly Parameter[], place: string): string[] {
  return parameters.filter((parameter) => parameter.in === place).map(({ name }) => name);
}

/** Half a surrogate pair has no percent-encoding. */
function asText(value: unknown): string {
  return (typeof value === 'string' ? value : JSON.stringify(value))
    .replaceAll(/\p{Surrogate}/gu, '~')
    .slice(0, 300);
}
