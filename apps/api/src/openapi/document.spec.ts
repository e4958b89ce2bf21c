import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import { type DynamicModule } from '@nestjs/common';
import { type OpenAPIObject } from '@nestjs/swagger';
import { type DocumentedOperation, operationsOf } from './operations.js';

/** CommonJS that requires Nest, which Jest can load from Node 24.9 on only; all it does here is to mount a controller. */
jest.unstable_mockModule('@willsoto/nestjs-prometheus', () => ({
  PrometheusModule: class PrometheusModule {
    static register({ controller }: { controller: new () => object }): DynamicModule {
      return { module: PrometheusModule, controllers: [controller] };
    }
  },
}));

let document: OpenAPIObject;
let operations: DocumentedOperation[];

beforeAll(async () => {
  const { previewDocument } = await import('./preview-document.js');
  document = await previewDocument('1.2.3');
  operations = operationsOf(document);
});

/** The operations that fail a check, so that a failure names them. */
function without(has: (documented: DocumentedOperation) => unknown): string[] {
  return operations.filter((documented) => !has(documented)).map(({ method, path }) => `${method} ${path}`);
}

const isResource = (path: string): boolean => /^\/(jobs|schedules|executions)/.test(path);

/** On the body as a whole, or on the properties of its schema (also as default or enum), from which Swagger UI composes one. */
function hasExample(body: object): boolean {
  const contents = Object.values(
    (body as { content: Record<string, { examples?: object; schema: object }> }).content,
  );
  return contents.every(
    ({ examples, schema }) => examples !== undefined || /"(examples?|default|enum)":/.test(resolved(schema)),
  );
}

function schemaOf(name: string): { required?: string[]; properties?: Record<string, unknown> } {
  return (document.components?.schemas?.[name] ?? {}) as ReturnType<typeof schemaOf>;
}

function resolved(schema: { $ref?: string }): string {
  const name = schema.$ref?.split('/').at(-1) ?? '';
  return JSON.stringify(document.components?.schemas?.[name] ?? schema);
}

describe('the OpenAPI document', () => {
  it('is 3.1 and has the resources', () => {
    expect(document.openapi).toBe('3.1.0');
    expect(operations.filter(({ path }) => isResource(path)).length).toBeGreaterThan(15);
  });

  it('gives every operation an id of its own and a summary', () => {
    const ids = operations.map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(without(({ operation }) => /^[a-z][A-Za-z]+$/.test(operation.operationId ?? ''))).toEqual([]);
    expect(without(({ operation }) => Boolean(operation.summary))).toEqual([]);
  });

  it('documents problems where they can occur', () => {
    expect(without(({ path, operation }) => !isResource(path) || '503' in operation.responses)).toEqual([]);
    expect(without(({ path, operation }) => !path.includes('{') || '404' in operation.responses)).toEqual([]);
    expect(without(({ method, operation }) => method !== 'post' || '422' in operation.responses)).toEqual([]);
    expect(
      without(({ operation }) => operation.requestBody === undefined || '413' in operation.responses),
    ).toEqual([]);
  });

  it('says of every operation who may call it, and what those get who may not', () => {
    const scopesOf = ({ operation }: DocumentedOperation) => Object.values(operation.security?.[0] ?? {})[0];
    expect(without(({ operation }) => operation.security !== undefined)).toEqual([]);
    expect(without((documented) => !isResource(documented.path) || scopesOf(documented)?.length)).toEqual([]);
    const refusals = ['401', '403', '429'];
    const closed = operations.filter(({ operation }) => operation.security?.length);
    expect(closed.length).toBeGreaterThan(30);
    expect(
      closed.filter(({ operation }) => refusals.some((status) => !(status in operation.responses))),
    ).toEqual([]);
  });

  it('shows every problem as such, with an example', () => {
    const problems = operations
      .filter(({ path }) => isResource(path))
      .flatMap(({ operation }) => Object.entries(operation.responses))
      .filter(([status]) => Number(status) >= 400)
      .map(([, response]) => response as { content?: Record<string, { example?: unknown }> });
    expect(problems.every(({ content }) => content?.['application/problem+json']?.example)).toBe(true);
  });

  it('gives every body an example that "Try it out" can send', () => {
    expect(
      without(({ operation }) => operation.requestBody === undefined || hasExample(operation.requestBody)),
    ).toEqual([]);
  });

  it('lets every POST take an Idempotency-Key', () => {
    const names = ({ operation }: DocumentedOperation): string[] =>
      (operation.parameters ?? []).map((parameter) => ('name' in parameter ? parameter.name : ''));
    expect(
      without((documented) => documented.method !== 'post' || names(documented).includes('Idempotency-Key')),
    ).toEqual([]);
  });

  it('gives every PATCH a schema in which each member may be absent, and null where it has a default', () => {
    const patches = operations.filter(({ method }) => method === 'patch');
    expect(patches.map(({ operation }) => JSON.stringify(operation.requestBody))).toEqual(
      ['Service', 'Job', 'Schedule', 'Calendar'].map((name) =>
        expect.stringContaining(`{"$ref":"#/components/schemas/${name}Patch"}`),
      ),
    );
    const { required, properties } = schemaOf('JobPatch');
    expect(required).toBeUndefined();
    expect(properties?.['name']).toMatchObject({ type: 'string' });
    expect(properties?.['priority']).toMatchObject({ type: ['integer', 'null'] });
    expect(properties?.['deliveryGuarantee']).toMatchObject({ enum: expect.arrayContaining([null]) });
    expect(schemaOf('HttpTargetPatch').properties?.['headers']).toMatchObject({
      additionalProperties: { type: ['string', 'null'] },
    });
    expect(JSON.stringify(schemaOf('JobPatch'))).not.toContain('"default"');
  });

  it('shows members that have a default as always there in answers', () => {
    expect(schemaOf('JobResponse').properties?.['target']).toMatchObject({
      discriminator: { mapping: { http: '#/components/schemas/HttpTarget' } },
    });
    expect(schemaOf('HttpTarget').required).toEqual(expect.arrayContaining(['url', 'method', 'headers']));
    expect(schemaOf('HttpTarget').required).not.toContain('body');
  });

  it('says which headers answers have', () => {
    const headersOf = (path: string, method: 'get' | 'post' | 'patch', status: number) =>
      Object.keys((document.paths[path]?.[method]?.responses[status] as { headers: object }).headers);
    expect(headersOf('/jobs', 'post', 201)).toEqual(expect.arrayContaining(['Location', 'ETag']));
    expect(headersOf('/jobs/{jobId}', 'get', 200)).toContain('ETag');
    expect(headersOf('/jobs/{jobId}', 'get', 304)).toContain('X-Request-Id');
    expect(headersOf('/jobs/{jobId}/execute', 'post', 202)).toEqual(
      expect.arrayContaining(['Location', 'Preference-Applied', 'Idempotent-Replayed']),
    );
    expect(headersOf('/jobs', 'get', 200)).toEqual(expect.arrayContaining(['Link', 'X-Request-Id']));
  });
});
