import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, type JobsApp, startJobsApp } from '../testing/jobs-app.js';
import { JOB_EXAMPLES } from './job-examples.js';

const STRANGER = '/jobs/01981b5e-7c00-7000-8000-0123456789ab';
const FIELDS = [
  'id',
  'service',
  'name',
  'description',
  'tags',
  'target',
  'parameters',
  'retryPolicy',
  'timeoutMs',
  'priority',
  'maxConcurrency',
  'deliveryGuarantee',
  'active',
  'version',
  'createdAt',
  'updatedAt',
];

let app: JobsApp;
let made = 0;

beforeAll(async () => {
  app = await startJobsApp();
});

afterAll(() => app?.close());

const bodyOf = (changes: object = {}) => ({
  name: `job ${++made}`,
  target: { type: 'http', method: 'POST', url: 'https://example.org/hook', headers: { 'X-A': '1' } },
  ...changes,
});

async function create(changes?: object): Promise<string> {
  const { status, headers } = await app.call('POST', '/jobs', bodyOf(changes));
  expect(status).toBe(201);
  return headers.get('Location') ?? '';
}

function expectProblem({ status, headers, body }: Answer, expected: { status: number; code: string }): void {
  expect({ status, code: body?.code }).toEqual(expected);
  expect(headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
}

describe('POST /jobs', () => {
  it('answers 201 with Location, ETag and exactly the fields of a job', async () => {
    const { status, headers, body } = await app.call('POST', '/jobs', bodyOf());
    expect(status).toBe(201);
    expect(Object.keys(body ?? {})).toEqual(FIELDS);
    expect(headers.get('Location')).toBe(`/jobs/${String(body?.id)}`);
    expect(headers.get('ETag')).toBe('"1"');
    expect(body).toMatchObject({ service: 'default', active: true, version: 1 });
    expect(body?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect((await app.call('GET', `/jobs/${String(body?.id)}`)).body).toEqual(body);
  });

  it.each(Object.keys(JOB_EXAMPLES))('takes the example "%s" as it stands', async (name) => {
    expect((await app.call('POST', '/jobs', JOB_EXAMPLES[name]?.value)).status).toBe(201);
  });

  it('keeps what is free form to the letter', async () => {
    const parameters = { toString: 'x', '': [null, 1.5, { 'a/b~c': '早 🦀' }], then: false };
    const path = await create({ parameters });
    expect((await app.call('GET', path)).body?.parameters).toEqual(parameters);
  });

  it('refuses a taken name, naming the field', async () => {
    const body = bodyOf();
    await app.call('POST', '/jobs', body);
    const second = await app.call('POST', '/jobs', body);
    expectProblem(second, { status: 409, code: 'job_name_taken' });
    expect(second.body?.errors).toMatchObject([{ pointer: '/name', code: 'job_name_taken' }]);
  });

  it.each([
    ['NUL in a parameter', { parameters: { a: 'x\0y' } }, '/parameters/a'],
    ['NUL in a key', { parameters: { 'a\0': 1 } }, '/parameters/a\0'],
    ['half a surrogate pair', { description: '\ud800' }, '/description'],
    ['the fields of another target', { target: { type: 'command', command: 'x', url: 'y' } }, '/target/url'],
    ['a number as text', { retryPolicy: { maxAttempts: '3' } }, '/retryPolicy/maxAttempts'],
  ])('refuses %s', async (_what, changes, pointer) => {
    const answer = await app.call('POST', '/jobs', bodyOf(changes));
    expectProblem(answer, { status: 400, code: 'validation_failed' });
    expect(answer.body?.errors).toMatchObject([{ pointer }]);
  });
});

describe('PUT /jobs/{jobId}', () => {
  it('replaces the whole: what is left out takes its default, but for active', async () => {
    const path = await create({ description: 'old', tags: ['old'], priority: 1, active: false });
    const { status, headers, body } = await app.call('PUT', path, bodyOf({ name: 'replaced' }));
    expect(status).toBe(200);
    expect(headers.get('ETag')).toBe('"2"');
    expect(body).toMatchObject({
      name: 'replaced',
      description: '',
      tags: [],
      priority: 5,
      active: false,
      version: 2,
    });
  });

  it('changes nothing when it is refused', async () => {
    const path = await create();
    const before = (await app.call('GET', path)).body;
    const answer = await app.call('PUT', path, bodyOf({ priority: 11 }));
    expectProblem(answer, { status: 400, code: 'validation_failed' });
    expect((await app.call('GET', path)).body).toEqual(before);
  });

  it.each([
    ['"1"', 200],
    ['*', 200],
    ['"2"', 412],
    ['W/"1"', 412],
  ])('with If-Match %s answers %i', async (ifMatch, status) => {
    const path = await create();
    const answer = await app.call('PUT', path, bodyOf(), { 'If-Match': ifMatch });
    expect(answer.status).toBe(status);
  });
});

describe('a job as it was read', () => {
  it.each(Object.keys(JOB_EXAMPLES))('may be put back and changes nothing: %s', async (name) => {
    const path = await create({ ...(JOB_EXAMPLES[name]?.value as object), name: `job ${++made}` });
    const before = (await app.call('GET', path)).body;
    const { status, body } = await app.call('PUT', path, before);
    expect({ status, body }).toEqual({ status: 200, body: before });
  });

  it('may be put back with a change, once', async () => {
    const path = await create();
    const before = (await app.call('GET', path)).body;
    const changed = { ...before, tags: ['late'], active: false };
    expect((await app.call('PUT', path, changed)).body).toMatchObject({
      tags: ['late'],
      active: false,
      version: 2,
    });
    expectProblem(await app.call('PUT', path, changed), { status: 412, code: 'stale_version' });
  });

  it('must say what is so of what cannot be changed', async () => {
    const path = await create();
    const answer = await app.call('PUT', path, bodyOf({ service: 'other', createdAt: null }));
    expectProblem(answer, { status: 400, code: 'validation_failed' });
    expect(answer.body?.errors).toMatchObject([
      { pointer: '/service', code: 'read_only' },
      { pointer: '/createdAt', code: 'read_only' },
    ]);
  });
});

describe('PATCH /jobs/{jobId}', () => {
  const MERGE_PATCH = { 'Content-Type': 'application/merge-patch+json' };

  it('merges objects, replaces lists, and null gives the default back', async () => {
    const path = await create({
      tags: ['a', 'b'],
      priority: 1,
      parameters: { keep: 1, drop: 2, deep: { a: 1 } },
      retryPolicy: { maxAttempts: 3, jitter: 'full' },
    });
    const patch = {
      tags: ['c'],
      priority: null,
      parameters: { drop: null, deep: { b: 2 } },
      retryPolicy: { maxAttempts: 5 },
    };
    const { status, body } = await app.call('PATCH', path, patch, MERGE_PATCH);
    expect(status).toBe(200);
    expect(body).toMatchObject({ tags: ['c'], priority: 5, retryPolicy: { maxAttempts: 5, jitter: 'full' } });
    expect(body?.parameters).toEqual({ keep: 1, deep: { a: 1, b: 2 } });
    expect(body?.version).toBe(2);
  });

  it('keeps the version when nothing changes', async () => {
    const path = await create();
    expect((await app.call('PATCH', path, {})).body?.version).toBe(1);
  });

  it.each([
    ['no object', [], ''],
    ['an unknown property', { nmae: 'x' }, '/nmae'],
    ['a property of the service', { version: 9 }, '/version'],
    ['the removal of what a job needs', { name: null }, '/name'],
    ['a nested fault', { target: { url: 'x' } }, '/target/url'],
    ['a field of another target', { target: { command: 'node' } }, '/target/command'],
    ['a delay that no longer fits', { retryPolicy: { maxDelayMs: 1 } }, '/retryPolicy/maxDelayMs'],
  ])('refuses %s', async (_what, patch, pointer) => {
    const path = await create();
    const answer = await app.call('PATCH', path, patch, MERGE_PATCH);
    expectProblem(answer, { status: 400, code: 'validation_failed' });
    expect(answer.body?.errors).toMatchObject([{ pointer }]);
    expect((await app.call('GET', path)).body?.version).toBe(1);
  });

  it('takes read-only properties that are unchanged', async () => {
    const path = await create();
    const { id, version, createdAt } = (await app.call('GET', path)).body ?? {};
    const answer = await app.call('PATCH', path, { id, version, createdAt, priority: 2 });
    expect([answer.status, answer.body?.priority]).toEqual([200, 2]);
  });

  it('with an older version of the whole job answers 412, as PUT does', async () => {
    const path = await create();
    const read = (await app.call('GET', path)).body ?? {};
    await app.call('PATCH', path, { priority: 3 });
    const stale = { status: 412, code: 'stale_version' };
    expectProblem(await app.call('PATCH', path, { ...read, priority: 2 }), stale);
    expectProblem(await app.call('PUT', path, { ...read, priority: 2 }), stale);
  });

  it('with an old If-Match answers 412', async () => {
    const path = await create();
    const answer = await app.call('PATCH', path, { priority: 1 }, { 'If-Match': '"7"' });
    expectProblem(answer, { status: 412, code: 'stale_version' });
  });
});

describe('DELETE /jobs/{jobId}', () => {
  it('answers 204 without a body, then 404', async () => {
    const path = await create();
    expect(await app.call('DELETE', path)).toMatchObject({ status: 204, body: null });
    for (const method of ['GET', 'DELETE'] as const)
      expectProblem(await app.call(method, path), { status: 404, code: 'job_not_found' });
  });

  it('with an old If-Match answers 412 and deletes nothing', async () => {
    const path = await create();
    expect((await app.call('DELETE', path, undefined, { 'If-Match': '"2"' })).status).toBe(412);
    expect((await app.call('GET', path)).status).toBe(200);
  });
});

describe('POST /jobs/{jobId}/activate and /deactivate', () => {
  it('answer 200 with the job, and change it once', async () => {
    const path = await create();
    const steps = ['deactivate', 'deactivate', 'activate', 'activate'];
    const seen: unknown[] = [];
    for (const step of steps) {
      const { status, body } = await app.call('POST', `${path}/${step}`);
      seen.push([status, body?.active, body?.version]);
    }
    expect(seen).toEqual([
      [200, false, 2],
      [200, false, 2],
      [200, true, 3],
      [200, true, 3],
    ]);
  });
});

describe('an unknown job', () => {
  it.each([
    ['GET', STRANGER],
    ['GET', '/jobs/nonsense'],
    ['GET', '/jobs/%00'],
    ['DELETE', STRANGER],
    ['POST', `${STRANGER}/activate`],
    ['POST', '/jobs/1/deactivate'],
  ])('%s %s answers 404', async (method, path) => {
    expectProblem(await app.call(method, path), { status: 404, code: 'job_not_found' });
  });

  it.each(['PUT', 'PATCH'])('%s answers 404', async (method) => {
    expectProblem(await app.call(method, STRANGER, bodyOf()), { status: 404, code: 'job_not_found' });
  });
});
