import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { IF_MATCH_REQUIRED } from './entity-tag/if-match.js';
import { type Page } from './paging/page.js';
import { type HttpApp, startHttpApp } from './testing/http-app.js';
import { problemOf, senderTo, THING_ID } from './testing/requests.js';
import { ThingsController } from './testing/things.controller.js';

let app: HttpApp;
const send = senderTo(() => app.url);

beforeAll(async () => {
  app = await startHttpApp([ThingsController]);
});
afterAll(() => app.close());

describe('lists', () => {
  it('can be walked by following Link', async () => {
    const seen: number[] = [];
    let path: string | undefined = '/things?limit=2';
    while (path !== undefined) {
      const response = await send('GET', path);
      seen.push(...((await response.json()) as Page<number>).items);
      path = /^<(.*)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1];
    }
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });

  it.each<[string, string, string]>([
    ['limit=0', '/limit', 'min'],
    ['limit=201', '/limit', 'max'],
    ['limit=5x', '/limit', 'invalid_type'],
    ['limit=', '/limit', 'invalid_type'],
    ['limit=1&limit=2', '/limit', 'invalid_type'],
    ['limt=1', '/limt', 'unknown_property'],
    ['__proto__=1', '/__proto__', 'unknown_property'],
    ['limit=%ff', '/limit', 'malformed_text'],
    ['cursor=a&li%6Dit=%zz', '/limit', 'malformed_text'],
    ['%ff=1', '/%ff', 'malformed_text'],
    ['limit=%00', '/limit', 'invalid_text'],
    ['a%00b=1', '/a\0b', 'invalid_text'],
    ['cursor=', '/cursor', 'invalid_cursor'],
    ['cursor=abc', '/cursor', 'invalid_cursor'],
    [`cursor=${Buffer.from('["things","x"]').toString('base64url')}`, '/cursor', 'invalid_cursor'],
    [`cursor=${Buffer.from('["others",1]').toString('base64url')}`, '/cursor', 'invalid_cursor'],
    [`cursor=${Buffer.from('["things",1,2]').toString('base64url')}`, '/cursor', 'invalid_cursor'],
  ])('?%s is refused', async (query, pointer, code) => {
    const problem = await problemOf(await send('GET', `/things?${query}`));
    expect(problem).toMatchObject({ status: 400, errors: [{ pointer, code }] });
  });
});

describe('a route without parameters in its query', () => {
  it.each(['/things/context', `/things/${THING_ID}`])('GET %s refuses any', async (path) => {
    expect((await send('GET', path)).status).toBe(200);
    const errors = ['x', '__proto__'].map((name) => ({ pointer: `/${name}`, code: 'unknown_property' }));
    const problem = await problemOf(await send('GET', `${path}?x=1&__proto__=2`));
    expect(problem).toMatchObject({ status: 400, code: 'validation_failed', errors });
  });
});

describe('entity tags', () => {
  it('come with a version', async () => {
    expect((await send('GET', `/things/${THING_ID}`)).headers.get('etag')).toBe('"7"');
    expect((await send('POST', '/things', '{"name":"a"}')).headers.get('etag')).toBe('"3"');
    expect((await send('GET', '/things')).headers.get('etag')).toBeNull();
  });

  it.each<[string, number]>([
    ['"7"', 304],
    ['W/"7"', 304],
    ['"6", "7"', 304],
    ['*', 304],
    ['"6"', 200],
  ])('If-None-Match: %s is %d', async (tag, status) => {
    expect((await send('GET', `/things/${THING_ID}`, undefined, { 'If-None-Match': tag })).status).toBe(
      status,
    );
  });

  it.each<[string, number, number | null]>([
    ['"7"', 200, 7],
    ['*', 200, null],
    ['W/"7"', 412, null],
    ['"abc"', 412, null],
    ['7', 400, null],
    ['', 400, null],
  ])('If-Match: %j is %d', async (tag, status, asked) => {
    const response = await send('PUT', `/things/${THING_ID}`, undefined, { 'If-Match': tag });
    expect(response.status).toBe(status);
    if (status === 200) expect(await response.json()).toEqual({ asked });
  });

  it('are asked for where the installation requires If-Match: none is 428, and * is any', async () => {
    const strict = await startHttpApp([ThingsController]);
    strict.nest.set(IF_MATCH_REQUIRED, true);
    const change = (headers: Record<string, string>) =>
      senderTo(() => strict.url)('PUT', `/things/${THING_ID}`, undefined, headers);
    try {
      for (const headers of [{}, { 'If-None-Match': '*' }] as Record<string, string>[])
        expect(await problemOf(await change(headers))).toMatchObject({
          status: 428,
          code: 'if_match_required',
        });
      expect(await (await change({ 'If-Match': '*' })).json()).toEqual({ asked: null });
    } finally {
      await strict.close();
    }
  });
});

describe('Prefer: wait', () => {
  it.each<[string, number | null]>([
    ['wait=5', 5],
    ['respond-async, wait=10', 10],
    ['wait="7"; x=1', 7],
    ['wait=600', 60],
    ['wait=-1', null],
    ['await=5', null],
    ['', null],
  ])('%j means %s', async (prefer, seconds) => {
    const response = await send('PATCH', `/things/${THING_ID}`, undefined, { Prefer: prefer });
    expect(await response.json()).toEqual({ seconds });
    expect(response.headers.get('preference-applied')).toBe(seconds === null ? null : `wait=${seconds}`);
  });
});
