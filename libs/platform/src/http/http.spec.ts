import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  BadRequestException,
  Body,
  Controller,
  Get,
  HttpCode,
  Param,
  ParseUUIDPipe,
  Patch,
  Post,
  Put,
  Query,
} from '@nestjs/common';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { type Problem, ProblemError } from '@app/platform/problem';
import {
  currentRequestId,
  currentTraceparent,
  decodeCursor,
  IfMatch,
  type Page,
  pageOf,
  PageQuery,
  PreferWait,
} from './index.js';
import { type HttpApp, startHttpApp } from './testing/http-app.js';

class RetryPolicyBody {
  @IsInt()
  @Min(1)
  @Max(10)
  maxAttempts!: number;
}

class ThingBody {
  @IsString()
  @MaxLength(10)
  name!: string;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RetryPolicyBody)
  retryPolicy?: RetryPolicyBody;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(3)
  @IsString({ each: true })
  tags?: string[];

  @IsOptional()
  @IsObject()
  parameters?: object;

  @IsOptional()
  @IsArray()
  @ValidateNested({ each: true })
  @Type(() => RetryPolicyBody)
  policies?: RetryPolicyBody[];
}

@Controller('things')
class ThingsController {
  @Post()
  create(@Body() body: ThingBody) {
    return { ...body, version: 3 };
  }

  @Get()
  list(@Query() query: PageQuery): Page<number> {
    const [after] = query.cursor === undefined ? [0] : decodeCursor(query.cursor, ['integer']);
    const rows = [1, 2, 3, 4, 5].filter((row) => row > after).slice(0, query.limit + 1);
    return pageOf(rows, query.limit, (row) => [row]);
  }

  @Get('context')
  context() {
    return { requestId: currentRequestId(), traceparent: currentTraceparent() };
  }

  @Post('context')
  contextBehindBody(@Body() body: object) {
    return { requestId: currentRequestId(), keys: Object.keys(body) };
  }

  @Post('failures/:name')
  fail(@Param('name') name: string): never {
    throw FAILURES[name]?.();
  }

  @Get(':id')
  get(@Param('id', new ParseUUIDPipe()) id: string) {
    return { id, version: 7 };
  }

  @Put(':id')
  update(@IfMatch() version: number | null) {
    return { asked: version };
  }

  @Patch(':id')
  @HttpCode(200)
  wait(@PreferWait() seconds: number | null) {
    return { seconds };
  }
}

const FAILURES: Record<string, () => Error> = {
  conflict: () => new ProblemError('conflict', 'name_taken', 'The name is taken.'),
  busy: () => new ProblemError('too_many', 'slow_down', 'Slow down.', [], { retryAfterSeconds: 2.5 }),
  bug: () => new TypeError('cannot read secret of undefined'),
  nest: () => new BadRequestException('odd'),
  refused: () => Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }),
  shutdown: () =>
    Object.assign(new Error('query failed'), {
      driverError: Object.assign(new Error('bye'), { code: '57P01' }),
    }),
  pool: () => new Error('timeout exceeded when trying to connect'),
  nul: () => Object.assign(new Error('nul'), { code: '22021' }),
};

const ID = '0198a000-0000-7000-8000-000000000001';
let app: HttpApp;

beforeAll(async () => {
  app = await startHttpApp(ThingsController);
});
afterAll(() => app.close());

function send(
  method: string,
  path: string,
  body?: string,
  headers: Record<string, string> = {},
): Promise<Response> {
  const type: Record<string, string> = body === undefined ? {} : { 'Content-Type': 'application/json' };
  return fetch(app.url + path, { method, body: body ?? null, headers: { ...type, ...headers } });
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const problem = (await response.json()) as Problem;
  expect(problem.status).toBe(response.status);
  expect(problem.requestId).toBe(response.headers.get('x-request-id'));
  return problem;
}

describe('bad bodies', () => {
  it.each<[string, number, string]>([
    ['{"name": "a",}', 400, 'unexpected "}" at line 1, column 14'],
    ['{"name": x}', 400, 'unexpected "x" at line 1, column 10'],
    ['{\n "name": "a"\n "tags"', 400, 'unexpected "\\"" at line 3, column 2'],
    ['{"name": "a"', 400, 'ends before'],
    ['[]', 400, ''],
    ['null', 400, ''],
    ['"text"', 400, ''],
    ['5', 400, ''],
  ])('%j is refused', async (body, status, detail) => {
    const response = await send('POST', '/things', body);
    expect(response.status).toBe(status);
    expect((await problemOf(response)).detail).toContain(detail);
  });

  it.each<[string, object[]]>([
    ['{}', [{ pointer: '/name', code: 'required' }]],
    ['{"name":5}', [{ pointer: '/name', code: 'invalid_type' }]],
    ['{"name":null}', [{ pointer: '/name', code: 'invalid_type' }]],
    ['{"name":"12345678901"}', [{ pointer: '/name', code: 'max_length' }]],
    [
      '{"name":"a","nmae":1}',
      [{ pointer: '/nmae', code: 'unknown_property', detail: expect.stringMatching(/did you mean name\?/) }],
    ],
    ['{"name":"a","zzz/~":1}', [{ pointer: '/zzz~1~0', code: 'unknown_property' }]],
    [
      '{"name":"a","retryPolicy":{"maxAttempts":"5"}}',
      [{ pointer: '/retryPolicy/maxAttempts', code: 'invalid_type' }],
    ],
    ['{"name":"a","retryPolicy":{"maxAttempts":99}}', [{ pointer: '/retryPolicy/maxAttempts', code: 'max' }]],
    ['{"name":"a","retryPolicy":[]}', [{ pointer: '/retryPolicy', code: 'invalid_type' }]],
    ['{"name":"a","retryPolicy":"x"}', [{ pointer: '/retryPolicy', code: 'invalid_type' }]],
    [
      '{"name":"a","retryPolicy":{"maxAtempts":1}}',
      [
        { pointer: '/retryPolicy/maxAtempts', code: 'unknown_property' },
        { pointer: '/retryPolicy/maxAttempts', code: 'required' },
      ],
    ],
    ['{"name":"a","tags":["x",2]}', [{ pointer: '/tags', code: 'invalid_type' }]],
    ['{"name":"a","tags":"x"}', [{ pointer: '/tags', code: 'invalid_type' }]],
    [
      '{"name":"a","policies":[{"maxAttempts":1},{"maxAttempts":0}]}',
      [{ pointer: '/policies/1/maxAttempts', code: 'min' }],
    ],
    ['{"name":"a","policies":[1]}', [{ pointer: '/policies/0', code: 'invalid_type' }]],
    ['{"name":"a","policies":[null]}', [{ pointer: '/policies/0', code: 'invalid_type' }]],
    ['{"name":"a\\u0000"}', [{ pointer: '/name', code: 'invalid_text' }]],
    ['{"name":"\\ud800"}', [{ pointer: '/name', code: 'invalid_text' }]],
    ['{"name":"a","parameters":{"a\\u0000":1}}', [{ code: 'invalid_text' }]],
    ['{"name":"a","parameters":{"n":1e999}}', [{ pointer: '/parameters/n', code: 'out_of_range' }]],
    [
      '{"name":"a","parameters":{"__proto__":{"x":1}}}',
      [{ pointer: '/parameters/__proto__', code: 'unknown_property' }],
    ],
    ['{"name":"a","constructor":{"prototype":{}}}', [{ pointer: '/constructor', code: 'unknown_property' }]],
    [
      '{"name":"a","parameters":{"constructor":1,"valueOf":2}}',
      [{ pointer: '/parameters/constructor', code: 'unknown_property' }],
    ],
    [
      '{"name":"a","parameters":{"valueOf":2}}',
      [{ pointer: '/parameters/valueOf', code: 'unknown_property' }],
    ],
    ['{"name":"a","toString":1}', [{ pointer: '/toString', code: 'unknown_property' }]],
    [`{"name":"a","parameters":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`, [{ code: 'too_deep' }]],
  ])('%#: names the fields', async (body, errors) => {
    const response = await send('POST', '/things', body);
    const problem = await problemOf(response);
    expect(problem).toMatchObject({ status: 400, code: 'validation_failed' });
    expect(problem.errors).toEqual(errors.map((error) => expect.objectContaining(error)));
  });

  it.each<[string, string | undefined, Record<string, string>, number]>([
    ['text', 'hello', { 'Content-Type': 'text/plain' }, 415],
    ['a form', 'a=1', { 'Content-Type': 'application/x-www-form-urlencoded' }, 415],
    ['another charset', '{"name":"a"}', { 'Content-Type': 'application/json; charset=iso-8859-1' }, 415],
    ['compression', '{"name":"a"}', { 'Content-Encoding': 'gzip' }, 415],
    ['more than 1 MB', `{"name":"${'a'.repeat(1024 * 1024)}"}`, {}, 413],
    ['no body', undefined, {}, 400],
    ['a very long list', `{"name":"a","parameters":{"n":[${'0,'.repeat(300_000)}0]}}`, {}, 201],
    ['merge-patch JSON', '{"name":"a"}', { 'Content-Type': 'application/merge-patch+json' }, 201],
    ['a charset in capitals', '{"name":"a"}', { 'Content-Type': 'application/json; charset=UTF-8' }, 201],
  ])('%s', async (_what, body, headers, status) => {
    const response = await send('POST', '/things', body, headers);
    expect(response.status).toBe(status);
    if (status >= 400) await problemOf(response);
  });

  it('keeps free-form values as they are', async () => {
    const parameters = {
      prototype: { a: 1 },
      then: 1,
      n: [null, { '': 0 }],
      date: '2026-01-01',
    };
    const response = await send('POST', '/things', JSON.stringify({ name: 'a', parameters }));
    expect(await response.json()).toMatchObject({ parameters });
  });
});

describe('routes', () => {
  it.each<[string, string, number, string]>([
    ['GET', '/nothing', 404, 'not_found'],
    ['GET', '/things/%zz', 400, 'malformed_url'],
    ['GET', '/things/not-an-id', 400, 'bad_request'],
    ['DELETE', '/things', 405, 'method_not_allowed'],
    ['POST', `/things/${ID}`, 405, 'method_not_allowed'],
    ['POST', '/things/failures/conflict', 409, 'name_taken'],
    ['POST', '/things/failures/busy', 429, 'slow_down'],
    ['POST', '/things/failures/bug', 500, 'internal_error'],
    ['POST', '/things/failures/nest', 400, 'bad_request'],
    ['POST', '/things/failures/refused', 503, 'dependency_unavailable'],
    ['POST', '/things/failures/shutdown', 503, 'dependency_unavailable'],
    ['POST', '/things/failures/pool', 503, 'dependency_unavailable'],
    ['POST', '/things/failures/nul', 400, 'invalid_value'],
  ])('%s %s is %d', async (method, path, status, code) => {
    const response = await send(method, path);
    expect(await problemOf(response)).toMatchObject({
      status,
      code,
      instance: path,
      type: `urn:scheduler:problem:${code}`,
    });
  });

  it('says which methods a path has', async () => {
    expect((await send('DELETE', '/things')).headers.get('allow')).toBe('GET, HEAD, POST');
    expect((await send('POST', `/things/${ID}`)).headers.get('allow')).toBe('GET, HEAD, PATCH, PUT');
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
    ['cursor=', '/cursor', 'invalid_cursor'],
    ['cursor=abc', '/cursor', 'invalid_cursor'],
    [`cursor=${Buffer.from('["x"]').toString('base64url')}`, '/cursor', 'invalid_cursor'],
    [`cursor=${Buffer.from('[1,2]').toString('base64url')}`, '/cursor', 'invalid_cursor'],
  ])('?%s is refused', async (query, pointer, code) => {
    const problem = await problemOf(await send('GET', `/things?${query}`));
    expect(problem).toMatchObject({ status: 400, errors: [{ pointer, code }] });
  });
});

describe('entity tags', () => {
  it('come with a version', async () => {
    expect((await send('GET', `/things/${ID}`)).headers.get('etag')).toBe('"7"');
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
    expect((await send('GET', `/things/${ID}`, undefined, { 'If-None-Match': tag })).status).toBe(status);
  });

  it.each<[string, number, number | null]>([
    ['"7"', 200, 7],
    ['*', 200, null],
    ['W/"7"', 412, null],
    ['"abc"', 412, null],
    ['7', 400, null],
    ['', 400, null],
  ])('If-Match: %j is %d', async (tag, status, asked) => {
    const response = await send('PUT', `/things/${ID}`, undefined, { 'If-Match': tag });
    expect(response.status).toBe(status);
    if (status === 200) expect(await response.json()).toEqual({ asked });
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
    const response = await send('PATCH', `/things/${ID}`, undefined, { Prefer: prefer });
    expect(await response.json()).toEqual({ seconds });
    expect(response.headers.get('preference-applied')).toBe(seconds === null ? null : `wait=${seconds}`);
  });
});
