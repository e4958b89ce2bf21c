import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { createValidationPipe, type FieldError, ProblemError } from '@app/platform/problem';
import { JOB_EXAMPLES } from './job-examples.js';
import { JobRequest } from './job.request.js';
import { toJobSpec } from './job-spec.js';

type Json = Record<string, unknown>;

const HTTP: Json = { type: 'http', url: 'https://example.org/hook' };
const COMMAND: Json = { type: 'command', command: 'node' };

const job = (changes: Json): Json => ({ name: 'report', target: HTTP, ...changes });
const http = (changes: Json): Json => job({ target: { ...HTTP, ...changes } });
const command = (changes: Json): Json => job({ target: { ...COMMAND, ...changes } });
const retry = (retryPolicy: unknown): Json => job({ retryPolicy });
const headers = (value: unknown): Json => http({ headers: value });
const without = (body: Json, key: string): Json => ({ ...body, [key]: undefined });

const nested = (levels: number): unknown => (levels === 0 ? 1 : { in: nested(levels - 1) });
const numbered = (count: number, value: (index: number) => unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value(index)]));

/** A real JSON text, as a client would send it, read like the api reads it. */
async function read(body: unknown): Promise<JobRequest> {
  const parsed: unknown = JSON.parse(JSON.stringify(body));
  return (await createValidationPipe().transform(parsed, {
    type: 'body',
    metatype: JobRequest,
  })) as JobRequest;
}

async function errorsOf(body: unknown): Promise<readonly FieldError[]> {
  const thrown: unknown = await read(body).then(
    () => null,
    (error: unknown) => error,
  );
  if (thrown === null) return [];
  expect(thrown).toBeInstanceOf(ProblemError);
  return (thrown as ProblemError).errors;
}

const TOO_MANY = 'too_many_secret_references';
const referring = (times: number): string => '{{secret.A}}'.repeat(times);
const referringToAll = (names: number): string =>
  Array.from({ length: names }, (_, index) => `{{secret.A${index}}}`).join('');

const REFUSED: readonly (readonly [what: string, body: unknown, pointer: string, code: string])[] = [
  ['null', null, '', 'invalid_type'],
  ['a list', [job({})], '', 'invalid_type'],
  ['text', 'job', '', 'invalid_type'],
  ['an unknown property', job({ nmae: 'x' }), '/nmae', 'unknown_property'],
  ['a property of the service', job({ version: 7 }), '/version', 'unknown_property'],
  ['an id of its own', job({ id: 'x' }), '/id', 'unknown_property'],
  ['a key named constructor', job({ constructor: {} }), '/constructor', 'unknown_property'],

  ['no name', without(job({}), 'name'), '/name', 'required'],
  ['a null name', job({ name: null }), '/name', 'invalid_type'],
  ['a number as name', job({ name: 7 }), '/name', 'invalid_type'],
  ['an empty name', job({ name: '' }), '/name', 'invalid_name'],
  ['a blank name', job({ name: '   ' }), '/name', 'invalid_name'],
  ['a padded name', job({ name: ' report' }), '/name', 'invalid_name'],
  ['a name of 201 characters', job({ name: 'x'.repeat(201) }), '/name', 'invalid_name'],
  ['a name with a line break', job({ name: 'a\nb' }), '/name', 'invalid_name'],
  ['a name with an escape', job({ name: 'a\u001b[31mb' }), '/name', 'invalid_name'],

  ['a null description', job({ description: null }), '/description', 'invalid_type'],
  ['a long description', job({ description: 'x'.repeat(2_001) }), '/description', 'invalid_text'],
  ['a description with BEL', job({ description: 'a\u0007' }), '/description', 'invalid_text'],

  ['tags as text', job({ tags: 'a,b' }), '/tags', 'invalid_type'],
  ['null tags', job({ tags: null }), '/tags', 'invalid_type'],
  ['51 tags', job({ tags: Object.keys(numbered(51, String)) }), '/tags', 'invalid_tags'],
  ['a tag of 65 characters', job({ tags: ['x'.repeat(65)] }), '/tags', 'invalid_tags'],
  ['a tag twice', job({ tags: ['a', 'b', 'a'] }), '/tags', 'invalid_tags'],
  ['an empty tag', job({ tags: [''] }), '/tags', 'invalid_tags'],
  ['a tag with a comma', job({ tags: ['a,b'] }), '/tags', 'invalid_tags'],
  ['a number as tag', job({ tags: [1] }), '/tags', 'invalid_tags'],

  ['no target', without(job({}), 'target'), '/target', 'required'],
  ['a null target', job({ target: null }), '/target', 'invalid_type'],
  ['text as target', job({ target: 'http' }), '/target', 'invalid_type'],
  ['a list of targets', job({ target: [HTTP] }), '/target', 'invalid_type'],
  ['a target without type', job({ target: { url: HTTP.url } }), '/target/type', 'required'],
  ['an unknown target type', http({ type: 'grpc' }), '/target/type', 'is_in'],
  ['a target type of the prototype', http({ type: 'constructor' }), '/target/type', 'is_in'],
  ['a command in an HTTP target', http({ command: 'node' }), '/target/command', 'unknown_property'],
  ['a URL in a command target', command({ url: HTTP.url }), '/target/url', 'unknown_property'],

  ['an unknown method', http({ method: 'FETCH' }), '/target/method', 'is_in'],
  ['a method in small letters', http({ method: 'post' }), '/target/method', 'is_in'],
  ['no URL', job({ target: { type: 'http' } }), '/target/url', 'required'],
  ['a relative URL', http({ url: '/hook' }), '/target/url', 'invalid_url'],
  ['a URL without slashes', http({ url: 'http:example.org' }), '/target/url', 'invalid_url'],
  ['a file URL', http({ url: 'file:///etc/passwd' }), '/target/url', 'invalid_url'],
  ['a URL without host', http({ url: 'http://' }), '/target/url', 'invalid_url'],
  ['a URL with a bad port', http({ url: 'http://example.org:99999/' }), '/target/url', 'invalid_url'],
  ['a URL with credentials', http({ url: 'https://me:secret@example.org/' }), '/target/url', 'invalid_url'],
  ['a URL with a backslash', http({ url: 'http://example.org\\@evil.org/' }), '/target/url', 'invalid_url'],
  ['a URL with a line break', http({ url: 'http://example.org/\r\nX: y' }), '/target/url', 'invalid_url'],
  ['a long URL', http({ url: `https://example.org/${'x'.repeat(2_048)}` }), '/target/url', 'invalid_url'],
  ['headers as a list', headers(['a: b']), '/target/headers', 'invalid_type'],
  ['null headers', headers(null), '/target/headers', 'invalid_type'],
  ['a header name with a space', headers({ 'X Y': '1' }), '/target/headers', 'invalid_headers'],
  ['a header that ends the line', headers({ 'X-Y': 'a\r\nHost: b' }), '/target/headers', 'invalid_headers'],
  ['a number as header', headers({ 'X-Y': 1 }), '/target/headers', 'invalid_headers'],
  ['a header in Chinese', headers({ 'X-Y': '早' }), '/target/headers', 'invalid_headers'],
  ['a header twice', headers({ 'X-Y': 'a', 'x-y': 'b' }), '/target/headers', 'invalid_headers'],
  ['51 headers', headers(numbered(51, String)), '/target/headers', 'invalid_headers'],
  ['a Host of its own', headers({ Host: 'evil.org' }), '/target/headers', 'invalid_headers'],
  ['a Content-Length', headers({ 'content-length': '1' }), '/target/headers', 'invalid_headers'],
  ['a Transfer-Encoding', headers({ 'Transfer-Encoding': 'x' }), '/target/headers', 'invalid_headers'],
  ['a Connection', headers({ Connection: 'close' }), '/target/headers', 'invalid_headers'],
  ['an Idempotency-Key', headers({ 'Idempotency-Key': '1' }), '/target/headers', 'invalid_headers'],
  ['a scheduler header', headers({ 'x-scheduler-job-id': '1' }), '/target/headers', 'invalid_headers'],
  ['a deep HTTP body', http({ body: nested(21) }), '/target/body', 'too_deep'],
  ['a status as number', http({ successStatus: [200] }), '/target/successStatus', 'invalid_success_status'],
  [
    'a status of 2 digits',
    http({ successStatus: ['20'] }),
    '/target/successStatus',
    'invalid_success_status',
  ],
  ['a status class 6xx', http({ successStatus: ['6xx'] }), '/target/successStatus', 'invalid_success_status'],
  ['no status at all', http({ successStatus: [] }), '/target/successStatus', 'invalid_success_status'],
  ['text as followRedirects', http({ followRedirects: 'true' }), '/target/followRedirects', 'invalid_type'],

  ['101 references to secrets', http({ body: [referring(101)] }), '/target', TOO_MANY],
  [
    '101 references in all',
    http({ url: 'https://example.org/{{secret.A}}', body: referring(100) }),
    '/target',
    TOO_MANY,
  ],
  ['21 different secrets', command({ env: { A: referringToAll(21) } }), '/target', TOO_MANY],

  ['no command', job({ target: { type: 'command' } }), '/target/command', 'required'],
  ['an empty command', command({ command: '' }), '/target/command', 'invalid_command'],
  ['a long command', command({ command: 'x'.repeat(4_097) }), '/target/command', 'invalid_command'],
  ['a command with NUL', command({ command: 'a\0b' }), '/target/command', 'invalid_command'],
  ['args as text', command({ args: '-e 1' }), '/target/args', 'invalid_type'],
  ['a number as arg', command({ args: [1] }), '/target/args', 'invalid_args'],
  ['an arg with NUL', command({ args: ['\0'] }), '/target/args', 'invalid_args'],
  ['257 args', command({ args: Array.from({ length: 257 }, String) }), '/target/args', 'invalid_args'],
  ['a variable with a dash', command({ env: { 'A-B': '' } }), '/target/env', 'invalid_env'],
  ['a variable that begins with a digit', command({ env: { '1A': '' } }), '/target/env', 'invalid_env'],
  ['a number as variable', command({ env: { A: 1 } }), '/target/env', 'invalid_env'],
  ['a variable with NUL', command({ env: { A: '\0' } }), '/target/env', 'invalid_env'],
  ['a scheduler variable', command({ env: { SCHEDULER_JOB_ID: '1' } }), '/target/env', 'invalid_env'],
  ['a deep stdin', command({ stdin: nested(21) }), '/target/stdin', 'too_deep'],

  ['null parameters', job({ parameters: null }), '/parameters', 'invalid_type'],
  ['a list as parameters', job({ parameters: [1] }), '/parameters', 'invalid_type'],
  ['text as parameters', job({ parameters: '{}' }), '/parameters', 'invalid_type'],
  ['deep parameters', job({ parameters: nested(21) }), '/parameters', 'too_deep'],
  ['large parameters', job({ parameters: { a: 'é'.repeat(32_768) } }), '/parameters', 'too_large'],

  ['a null retry policy', retry(null), '/retryPolicy', 'invalid_type'],
  ['a number as retry policy', retry(3), '/retryPolicy', 'invalid_type'],
  ['a list of retry policies', retry([{}]), '/retryPolicy', 'invalid_type'],
  ['an unknown retry setting', retry({ attempts: 3 }), '/retryPolicy/attempts', 'unknown_property'],
  ['no attempt', retry({ maxAttempts: 0 }), '/retryPolicy/maxAttempts', 'min'],
  ['101 attempts', retry({ maxAttempts: 101 }), '/retryPolicy/maxAttempts', 'max'],
  ['attempts as text', retry({ maxAttempts: '3' }), '/retryPolicy/maxAttempts', 'invalid_type'],
  ['half an attempt', retry({ maxAttempts: 1.5 }), '/retryPolicy/maxAttempts', 'invalid_type'],
  ['null attempts', retry({ maxAttempts: null }), '/retryPolicy/maxAttempts', 'invalid_type'],
  ['an unknown back-off', retry({ backoff: 'fibonacci' }), '/retryPolicy/backoff', 'is_in'],
  ['a negative delay', retry({ initialDelayMs: -1 }), '/retryPolicy/initialDelayMs', 'min'],
  ['a delay of more than a day', retry({ initialDelayMs: 86_400_001 }), '/retryPolicy/initialDelayMs', 'max'],
  [
    'a greatest delay below the first',
    retry({ initialDelayMs: 100, maxDelayMs: 99 }),
    '/retryPolicy/maxDelayMs',
    'below_initial_delay',
  ],
  ['a shrinking multiplier', retry({ multiplier: 0.5 }), '/retryPolicy/multiplier', 'min'],
  ['an unknown jitter', retry({ jitter: 'some' }), '/retryPolicy/jitter', 'is_in'],
  ['an unknown retry cause', retry({ retryOn: ['4xx'] }), '/retryPolicy/retryOn', 'is_in'],
  ['a retry cause twice', retry({ retryOn: ['5xx', '5xx'] }), '/retryPolicy/retryOn', 'array_unique'],
  ['a retry cause as text', retry({ retryOn: '5xx' }), '/retryPolicy/retryOn', 'invalid_type'],

  ['no time at all', job({ timeoutMs: 0 }), '/timeoutMs', 'min'],
  ['a time-out of more than a day', job({ timeoutMs: 86_400_001 }), '/timeoutMs', 'max'],
  ['a time-out as text', job({ timeoutMs: '1000' }), '/timeoutMs', 'invalid_type'],
  ['priority 0', job({ priority: 0 }), '/priority', 'min'],
  ['priority 11', job({ priority: 11 }), '/priority', 'max'],
  ['a null priority', job({ priority: null }), '/priority', 'invalid_type'],
  ['no concurrency', job({ maxConcurrency: 0 }), '/maxConcurrency', 'min'],
  ['too much concurrency', job({ maxConcurrency: 100_001 }), '/maxConcurrency', 'max'],
  ['an unknown guarantee', job({ deliveryGuarantee: 'exactly_once' }), '/deliveryGuarantee', 'is_in'],
  ['text as active', job({ active: 'true' }), '/active', 'invalid_type'],
  ['null as active', job({ active: null }), '/active', 'invalid_type'],
];

describe('a job request that is refused', () => {
  it.each(REFUSED)('%s', async (_what, body, pointer, code) => {
    const errors = await errorsOf(body);
    expect(errors).toEqual([{ pointer, code, detail: expect.any(String) }]);
    expect(errors[0]?.detail).not.toMatch(/undefined|null$/);
  });

  it('names every fault at once', async () => {
    const errors = await errorsOf({ name: 7, target: { type: 'http', url: 'x' }, priority: 0 });
    expect(errors.map(({ pointer }) => pointer).sort()).toEqual(['/name', '/priority', '/target/url']);
  });
});

describe('a job request that is accepted', () => {
  it('fills in every default', async () => {
    expect(toJobSpec(await read(job({})))).toEqual({
      name: 'report',
      description: '',
      tags: [],
      target: {
        type: 'http',
        method: 'POST',
        url: 'https://example.org/hook',
        headers: {},
        successStatus: ['2xx'],
        followRedirects: false,
      },
      parameters: {},
      retryPolicy: {
        maxAttempts: 1,
        backoff: 'exponential',
        initialDelayMs: 1_000,
        maxDelayMs: 3_600_000,
        multiplier: 2,
        jitter: 'none',
        retryOn: ['timeout', 'network', '5xx', '429', 'exit_code'],
      },
      timeoutMs: 3_600_000,
      priority: 5,
      maxConcurrency: null,
      deliveryGuarantee: 'at_least_once',
      active: undefined,
    });
  });

  it.each([
    ['the longest name', job({ name: '早'.repeat(200) })],
    ['200 characters outside the basic plane', job({ name: '🦀'.repeat(200) })],
    ['lines in a description', job({ description: 'a\n\tb' })],
    ['parameters 20 levels deep', job({ parameters: nested(20) })],
    ['unlimited concurrency', job({ maxConcurrency: null })],
    ['an upper-case scheme', http({ url: 'HTTPS://EXAMPLE.ORG' })],
    ['an IPv6 URL', http({ url: 'http://[::1]:3000/x?y=%0A#z' })],
    ['single statuses', http({ successStatus: ['204', '3xx', '404'] })],
    ['no retry causes', retry({ retryOn: [] })],
    ['100 references to secrets', http({ body: { a: referring(100) } })],
    ['20 different secrets', command({ stdin: referringToAll(20) })],
    ['an empty argument', command({ args: ['', '-e'], env: { _A1: '' } })],
  ])('%s', async (_what, body) => {
    expect(await errorsOf(body)).toEqual([]);
  });

  it.each([
    ['text', 'a'],
    ['a list', [1, null, { a: [] }]],
    ['null', null],
    ['false', false],
    ['keys of every object', { toString: 1, valueOf: [2], hasOwnProperty: 'x', constructor: 'y' }],
  ])('keeps a body that is %s as it came', async (_what, body) => {
    expect(toJobSpec(await read(http({ body }))).target).toHaveProperty('body', body);
  });

  it('keeps parameters as they came', async () => {
    const parameters = { toString: 'a', constructor: { name: 'b' }, prototype: 1, deep: [{ then: null }] };
    expect(toJobSpec(await read(job({ parameters }))).parameters).toEqual(parameters);
  });

  it.each([
    [{ initialDelayMs: 7_200_000 }, { initialDelayMs: 7_200_000, maxDelayMs: 7_200_000 }],
    [{ maxDelayMs: 500 }, { initialDelayMs: 500, maxDelayMs: 500 }],
  ])('lets the default of one delay give way to the other: %j', async (given, expected) => {
    expect(toJobSpec(await read(retry(given))).retryPolicy).toMatchObject(expected);
  });

  it.each(Object.entries(JOB_EXAMPLES))('takes the example "%s" as it stands', async (_name, { value }) => {
    expect(await errorsOf(value)).toEqual([]);
  });
});
