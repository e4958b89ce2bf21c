import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type HttpApp, startHttpApp } from '../testing/http-app.js';
import { problemOf, senderTo } from '../testing/requests.js';
import { ThingsController } from '../testing/things.controller.js';

let app: HttpApp;
const send = senderTo(() => app.url);

beforeAll(async () => {
  app = await startHttpApp([ThingsController]);
});
afterAll(() => app.close());

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

  it.each(['{', '{"name":"a"}}', 'x'])('%j is malformed as a whole', async (body) => {
    const { code, detail, errors } = await problemOf(await send('POST', '/things', body));
    expect({ code, errors }).toEqual({
      code: 'malformed_json',
      errors: [{ pointer: '', code: 'malformed_json', detail }],
    });
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
    ['{"name":"a","policies":[[]]}', [{ pointer: '/policies/0', code: 'invalid_type' }]],
    ['{"name":"a","policies":[[[]]]}', [{ pointer: '/policies/0', code: 'invalid_type' }]],
    [
      '{"name":"a","policies":[{"maxAttempts":1},[{"maxAttempts":1}]]}',
      [{ pointer: '/policies/1', code: 'invalid_type' }],
    ],
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
    ['{"name":"a","parameters":{"n":1e-999}}', [{ pointer: '/parameters/n', code: 'out_of_range' }]],
    [
      '{"name":"a","parameters":{"n":[0,9007199254740993]}}',
      [
        {
          pointer: '/parameters/n/1',
          code: 'out_of_range',
          detail: 'would become 9007199254740992: send it as text',
        },
      ],
    ],
    ['{"name":"a","name":"b"}', [{ pointer: '/name', code: 'duplicate_key' }]],
    [
      '{"name":"a","parameters":{"l":[{},{"x\\"":1,"\\u0078\\"":2}]}}',
      [{ pointer: '/parameters/l/1/x"', code: 'duplicate_key' }],
    ],
    [
      `{"name":"a","parameters":{${Array.from({ length: 12_001 }, (_, n) => `"${n}":0`).join()}}}`,
      [{ pointer: '', code: 'too_many_keys' }],
    ],
    [`{"name":"a","tags":[${'0,'.repeat(200_000)}0]}`, [{ pointer: '', code: 'too_many_items' }]],
    [`{"name":"a","tags":[${'[[]],'.repeat(10_000)}[]]}`, [{ pointer: '', code: 'too_many_containers' }]],
    [`{"name":"a","parameters":${'{"a":'.repeat(24)}1${'}'.repeat(24)}}`, [{ code: 'too_deep' }]],
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
    ['a JSON patch', '[]', { 'Content-Type': 'application/json-patch+json' }, 415],
    ['another charset', '{"name":"a"}', { 'Content-Type': 'application/json; charset=iso-8859-1' }, 415],
    ['UTF-16', '{"name":"a"}', { 'Content-Type': 'application/json; charset=utf-16le' }, 415],
    ['compression', '{"name":"a"}', { 'Content-Encoding': 'gzip' }, 415],
    ['more than 1 MB', `{"name":"${'a'.repeat(1024 * 1024)}"}`, {}, 413],
    ['no body', undefined, {}, 400],
    ['a very long list', `{"name":"a","parameters":{"n":[${'0,'.repeat(150_000)}0]}}`, {}, 201],
    ['merge-patch JSON', '{"name":"a"}', { 'Content-Type': 'application/merge-patch+json' }, 201],
    ['a charset in capitals', '{"name":"a"}', { 'Content-Type': 'application/json; charset=UTF-8' }, 201],
  ])('%s', async (_what, body, headers, status) => {
    const response = await send('POST', '/things', body, headers);
    expect(response.status).toBe(status);
    if (status >= 400) await problemOf(response);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const body = new Uint8Array([...Buffer.from('{"name":"'), 0xff, ...Buffer.from('"}')]);
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${app.url}/things`, { method: 'POST', body, headers });
    const errors = [{ pointer: '', code: 'malformed_text' }];
    expect(await problemOf(response)).toMatchObject({ status: 400, code: 'malformed_text', errors });
  });

  it('keeps free-form values as they are', async () => {
    const parameters = {
      numbers: [9007199254740992, 9223372036854776000, -0.1, 1e22, 5e-324, 0.1, 1.0],
      text: 'a "key": {"key":1,"key":[9007199254740993]} \\',
      prototype: { a: 1 },
      then: 1,
      n: [null, { '': 0 }],
      date: '2026-01-01',
    };
    const response = await send('POST', '/things', JSON.stringify({ name: 'a', parameters }));
    expect(await response.json()).toMatchObject({ parameters });
  });
});
