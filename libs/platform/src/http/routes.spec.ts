import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HttpApp, startHttpApp } from './testing/http-app.js';
import { problemOf, senderTo, THING_ID } from './testing/requests.js';
import { ThingsController } from './testing/things.controller.js';

let app: HttpApp;
const send = senderTo(() => app.url);

beforeAll(async () => {
  app = await startHttpApp([ThingsController]);
});
afterAll(() => app.close());

describe('routes', () => {
  it.each<[string, string, number, string]>([
    ['GET', '/nothing', 404, 'not_found'],
    ['GET', '/things/%zz', 400, 'malformed_url'],
    ['GET', '/things?cursor=%zz', 400, 'malformed_url'],
    ['GET', '/things?cursor=%ff', 400, 'malformed_url'],
    ['GET', `/things?${'limit=1&'.repeat(100)}`, 400, 'too_many_parameters'],
    ['GET', '/things/not-an-id', 400, 'bad_request'],
    ['DELETE', '/things', 405, 'method_not_allowed'],
    ['POST', `/things/${THING_ID}`, 405, 'method_not_allowed'],
    ['POST', '/things/failures/conflict', 409, 'name_taken'],
    ['POST', '/things/failures/busy', 429, 'slow_down'],
    ['POST', '/things/failures/bug', 500, 'internal_error'],
    ['POST', '/things/failures/nest', 400, 'bad_request'],
    ['POST', '/things/failures/refused', 503, 'dependency_unavailable'],
    ['POST', '/things/failures/shutdown', 503, 'dependency_unavailable'],
    ['POST', '/things/failures/pool', 503, 'dependency_unavailable'],
    ['POST', '/things/failures/silence', 503, 'dependency_unavailable'],
    ['POST', '/things/failures/nul', 400, 'invalid_value'],
  ])('%s %s is %d', async (method, path, status, code) => {
    const response = await send(method, path);
    expect(await problemOf(response)).toMatchObject({
      status,
      code,
      instance: path.split('?')[0],
      type: `urn:scheduler:problem:${code}`,
    });
  });

  it('that take no body refuse one, since nobody would look at it', async () => {
    const taken = '/things/failures/conflict';
    expect(await problemOf(await send('POST', taken, '{"parameters":{"a":1}}'))).toMatchObject({
      status: 400,
      errors: [{ pointer: '/parameters', code: 'unknown_property' }],
    });
    expect((await problemOf(await send('POST', taken, '[]'))).status).toBe(400);
    for (const nothing of ['{}', 'null']) expect((await send('POST', taken, nothing)).status).toBe(409);
  });

  it('that take no parameters in their query refuse any, as a read does', async () => {
    expect(await problemOf(await send('POST', '/things/failures/conflict?dryRun=true'))).toMatchObject({
      status: 400,
      errors: [{ pointer: '/dryRun', code: 'unknown_property' }],
    });
  });

  it('says which methods a path has', async () => {
    expect((await send('DELETE', '/things')).headers.get('allow')).toBe('GET, HEAD, POST');
    expect((await send('POST', `/things/${THING_ID}`)).headers.get('allow')).toBe('GET, HEAD, PATCH, PUT');
  });

  it('says when to come back', async () => {
    expect((await send('POST', '/things/failures/busy')).headers.get('retry-after')).toBe('3');
    expect((await send('POST', '/things/failures/refused')).headers.get('retry-after')).toBe('5');
  });

  it('never shows what went wrong inside', async () => {
    expect(await (await send('POST', '/things/failures/bug')).text()).not.toMatch(/secret|TypeError|\.ts/);
  });
});

describe('request id', () => {
  it.each(['abc-1._Z', 'x'.repeat(128)])('%.20s is kept', async (id) => {
    const response = await send('GET', '/things/context', undefined, { 'X-Request-Id': id });
    expect(response.headers.get('x-request-id')).toBe(id);
    expect(await response.json()).toMatchObject({ requestId: id });
  });

  it.each(['', 'a b', 'x'.repeat(129), 'a"b'])('%.20j is replaced', async (id) => {
    const response = await send('GET', '/things/context', undefined, { 'X-Request-Id': id });
    expect(response.headers.get('x-request-id')).toMatch(/^[\da-f-]{36}$/);
  });

  it('is known behind the reading of a body too', async () => {
    const body = JSON.stringify({ a: 'x'.repeat(500_000) });
    const response = await send('POST', '/things/context', body, { 'X-Request-Id': 'big' });
    expect(await response.json()).toEqual({ requestId: 'big', keys: ['a'] });
  });

  it.each<[string, boolean]>([
    ['00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', true],
    ['00-00000000000000000000000000000000-b7ad6b7169203331-01', false],
    ['zz-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01', false],
  ])('traceparent %s', async (traceparent, valid) => {
    const response = await send('GET', '/things/context', undefined, { traceparent });
    expect(await response.json()).toMatchObject({ traceparent: valid ? traceparent : null });
  });
});
