import { nested, wrong } from './bad-request.js';

const HTTP = { type: 'http', url: 'https://example.org/' };
const COMMAND = { type: 'command', command: 'true' };

const http = (changes: object): object => ({ name: 'refused', target: { ...HTTP, ...changes } });
const command = (changes: object): object => ({ name: 'refused', target: { ...COMMAND, ...changes } });
const withHeader = (name: string, value: unknown = 'x'): object => http({ headers: { [name]: value } });

export const BAD_JOBS = [
  wrong('a name of 201 characters', 'POST /jobs', { name: 'x'.repeat(201), target: HTTP }, '/name'),
  wrong('a name that ends in a blank', 'POST /jobs', { name: 'x ', target: HTTP }, '/name'),
  wrong('a name of two lines', 'POST /jobs', { name: 'x\ny', target: HTTP }, '/name'),
  wrong('a service of its own', 'POST /jobs', { ...http({}), service: 'other' }, '/service'),
  wrong('tags that repeat', 'POST /jobs', { ...http({}), tags: ['a', 'a'] }, '/tags'),
  wrong('a tag with a comma', 'POST /jobs', { ...http({}), tags: ['a,b'] }, '/tags'),
  wrong('both types of target', 'POST /jobs', http({ command: 'true' }), '/target/command'),
  wrong('a target that is a list', 'POST /jobs', { name: 'refused', target: [HTTP] }, '/target'),
  wrong('a URL without a scheme', 'POST /jobs', http({ url: '//example.org/' }), '/target/url'),
  wrong('a URL of gopher', 'POST /jobs', http({ url: 'gopher://example.org/' }), '/target/url'),
  wrong('a URL of javascript', 'POST /jobs', http({ url: 'javascript:alert(1)' }), '/target/url'),
  wrong('one slash too few', 'POST /jobs', http({ url: 'http:/example.org' }), '/target/url'),
  wrong('three slashes', 'POST /jobs', http({ url: 'http:///example.org' }), '/target/url'),
  wrong('a backslash for a slash', 'POST /jobs', http({ url: 'http:\\\\example.org' }), '/target/url'),
  wrong(
    'a backslash in the host',
    'POST /jobs',
    http({ url: 'https://a.example\\@b.example/' }),
    '/target/url',
  ),
  wrong('a user in the URL', 'POST /jobs', http({ url: 'https://user@example.org/' }), '/target/url'),
  wrong('a password in the URL', 'POST /jobs', http({ url: 'https://:pw@example.org/' }), '/target/url'),
  wrong('a line break in the URL', 'POST /jobs', http({ url: 'https://example.org/\r\nx' }), '/target/url'),
  wrong('port 65,536', 'POST /jobs', http({ url: 'https://example.org:65536/' }), '/target/url'),
  wrong('an address that is none', 'POST /jobs', http({ url: 'http://256.256.256.256/' }), '/target/url'),
  wrong('half an IPv6 address', 'POST /jobs', http({ url: 'http://[::1/' }), '/target/url'),
  wrong('a host from a secret', 'POST /jobs', http({ url: 'https://{{secret.HOST}}/' }), '/target/url'),
  wrong('a URL of 2,049', 'POST /jobs', http({ url: `https://e.org/${'x'.repeat(2_035)}` }), '/target/url'),
  wrong('the method CONNECT', 'POST /jobs', http({ method: 'CONNECT' }), '/target/method'),
  wrong('status 600', 'POST /jobs', http({ successStatus: ['600'] }), '/target/successStatus'),
  ...[
    'Host',
    'Content-Length',
    'Transfer-Encoding',
    'Connection',
    'X-Scheduler-Attempt',
    'webhook-signature',
  ].map((name) => wrong(`the header ${name}`, 'POST /jobs', withHeader(name), '/target/headers')),
  wrong('a header with a blank in its name', 'POST /jobs', withHeader('X A'), '/target/headers'),
  wrong('a header that is a number', 'POST /jobs', withHeader('X-A', 1), '/target/headers'),
  wrong('a header beyond Latin-1', 'POST /jobs', withHeader('X-A', '€'), '/target/headers'),
  wrong(
    'a header twice, in two cases',
    'POST /jobs',
    http({ headers: { 'X-A': '1', 'x-a': '2' } }),
    '/target/headers',
  ),
  wrong('a secret by a wrong name', 'POST /jobs', http({ body: '{{ secret.a }}' }), '/target/body'),
  wrong('a body 21 levels deep', 'POST /jobs', http({ body: nested(21) }), '/target/body'),
  wrong('an empty command', 'POST /jobs', command({ command: ' ' }), '/target/command'),
  wrong('257 arguments', 'POST /jobs', command({ args: Array(257).fill('x') }), '/target/args'),
  wrong('a secret as argument', 'POST /jobs', command({ args: ['{{secret.A}}'] }), '/target/args'),
  wrong('a variable of ours', 'POST /jobs', command({ env: { SCHEDULER_JOB_ID: 'x' } }), '/target/env'),
  wrong('a variable with =', 'POST /jobs', command({ env: { 'A=B': 'x' } }), '/target/env'),
  wrong(
    'parameters of 65 KB',
    'POST /jobs',
    { ...http({}), parameters: { x: 'x'.repeat(65_536) } },
    '/parameters',
  ),
  wrong('a time-out of a day and more', 'POST /jobs', { ...http({}), timeoutMs: 86_400_001 }, '/timeoutMs'),
  wrong(
    'half a retry',
    'POST /jobs',
    { ...http({}), retryPolicy: { maxAttempts: 1.5 } },
    '/retryPolicy/maxAttempts',
  ),
  wrong(
    'a back-off of its own',
    'POST /jobs',
    { ...http({}), retryPolicy: { backoff: 'odd' } },
    '/retryPolicy/backoff',
  ),
  wrong('no concurrency', 'POST /jobs', { ...http({}), maxConcurrency: 0 }, '/maxConcurrency'),
  wrong(
    'exactly once',
    'POST /jobs',
    { ...http({}), deliveryGuarantee: 'exactly_once' },
    '/deliveryGuarantee',
  ),
  wrong('a job without a target', 'PUT /jobs/{job}', { name: 'x' }, '/target'),
  wrong('no target any more', 'PATCH /jobs/{job}', { target: null }, '/target'),
  wrong('another service', 'PATCH /jobs/{job}', { service: 'other' }, '/service'),
];
