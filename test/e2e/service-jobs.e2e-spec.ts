import { beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, nextLinkIn, type Page } from './support/api-client.js';
import { expectProblem } from './support/problems.js';
import { INSTANT, type Job, JOB_KEYS, sortedKeysOf, UNKNOWN_ID, UUID_V7 } from './support/resources.js';
import { bodyOf, useRunningService } from './support/running-service.js';

const service = useRunningService();
const namesOf = (pages: readonly Page<Job>[]): string[] =>
  pages.flatMap(({ items }) => items.map(({ name }) => name));

function newJob(changes: object = {}): { name: string } {
  return { name: service.newName(), target: service.httpTarget('/jobs'), ...changes } as { name: string };
}

describe('POST /jobs', () => {
  it('answers 201 with where the job is, its ETag, and all of it with its defaults', async () => {
    const request = newJob();
    const { status, headers, body } = await service.api.post<Job>('/jobs', request);
    expect(status).toBe(201);
    expect(headers.get('Location')).toBe(`/jobs/${body.id}`);
    expect(headers.get('ETag')).toBe('"1"');
    expect(headers.get('Content-Type')).toMatch(/^application\/json/);
    expect(sortedKeysOf(body)).toEqual([...JOB_KEYS].sort());
    expect(body).toEqual({
      id: expect.stringMatching(UUID_V7),
      service: 'default',
      name: request.name,
      description: '',
      tags: [],
      target: {
        type: 'http',
        method: 'POST',
        url: service.target.url('/jobs'),
        headers: {},
        successStatus: ['2xx'],
        followRedirects: false,
      },
      parameters: {},
      retryPolicy: {
        maxAttempts: 1,
        backoff: expect.stringMatching(/^(fixed|linear|exponential)$/),
        initialDelayMs: 1_000,
        maxDelayMs: 3_600_000,
        multiplier: 2,
        jitter: expect.stringMatching(/^(none|full|equal)$/),
        retryOn: ['timeout', 'network', '5xx', '429', 'exit_code'],
      },
      timeoutMs: 3_600_000,
      priority: 5,
      maxConcurrency: null,
      deliveryGuarantee: 'at_least_once',
      active: true,
      version: 1,
      createdAt: expect.stringMatching(INSTANT),
      updatedAt: expect.stringMatching(INSTANT),
    });
    expect(bodyOf(200, await service.api.get(`/jobs/${body.id}`))).toEqual(body);
  });

  it('keeps everything that it was given', async () => {
    const request = newJob({
      description: 'Zeilen\nund Umlaute: äöü 🚀',
      tags: ['nightly', 'ops'],
      target: { type: 'command', command: 'node', args: ['-v'], env: { A: 'b' }, stdin: { deep: [1, null] } },
      parameters: { toString: 1, list: [{}], text: '' },
      retryPolicy: {
        maxAttempts: 3,
        backoff: 'linear',
        initialDelayMs: 5,
        maxDelayMs: 50,
        multiplier: 1.5,
        jitter: 'none',
        retryOn: ['5xx'],
      },
      timeoutMs: 1_000,
      priority: 1,
      maxConcurrency: 2,
      deliveryGuarantee: 'at_most_once',
      active: false,
    });
    expect(bodyOf(201, await service.api.post('/jobs', request))).toMatchObject(request);
  });

  it('refuses a name that another job has', async () => {
    const request = newJob();
    bodyOf(201, await service.api.post('/jobs', request));
    const answer = await service.api.post('/jobs', request);
    expectProblem(answer, { status: 409, code: 'job_name_taken', pointers: ['/name'] });
  });
});

describe('PUT, PATCH and DELETE /jobs/{jobId}', () => {
  it('PUT replaces the job: what is left out takes its default', async () => {
    const { id, name } = await service.createJob({ tags: ['a'], priority: 1 });
    const answer = await service.api.put<Job>(`/jobs/${id}`, newJob({ name }), { 'If-Match': '"1"' });
    expect(bodyOf(200, answer)).toMatchObject({ id, name, tags: [], priority: 5, version: 2 });
    expect(answer.headers.get('ETag')).toBe('"2"');
  });

  it('PATCH merges: what is null takes its default, the rest stays', async () => {
    const { id } = await service.createJob({
      tags: ['a'],
      maxConcurrency: 3,
      parameters: { a: 1, b: { c: 2 } },
    });
    const patch = {
      maxConcurrency: null,
      parameters: { a: null, b: { d: 3 } },
      retryPolicy: { maxAttempts: 2 },
    };
    expect(bodyOf(200, await service.api.patch(`/jobs/${id}`, patch))).toMatchObject({
      tags: ['a'],
      maxConcurrency: null,
      parameters: { b: { c: 2, d: 3 } },
      retryPolicy: { maxAttempts: 2, initialDelayMs: 1_000 },
      version: 2,
    });
  });

  it('PATCH takes application/json as well', async () => {
    const { id } = await service.createJob();
    const answer = await service.api.patch(
      `/jobs/${id}`,
      { priority: 9 },
      { 'Content-Type': 'application/json' },
    );
    expect(bodyOf(200, answer)).toMatchObject({ priority: 9 });
  });

  it('DELETE answers 204, and then there is no such job', async () => {
    const { id } = await service.createJob();
    const { status, body } = await service.api.delete(`/jobs/${id}`);
    expect({ status, body }).toEqual({ status: 204, body: null });
    expectProblem(await service.api.get(`/jobs/${id}`), { status: 404, code: 'job_not_found' });
    expectProblem(await service.api.delete(`/jobs/${id}`), { status: 404, code: 'job_not_found' });
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('%s with a stale If-Match changes nothing', async (method) => {
    const { id, name } = await service.createJob();
    const current = bodyOf(200, await service.api.patch(`/jobs/${id}`, { priority: 2 }));
    const body = method === 'DELETE' ? undefined : newJob({ name });
    for (const tag of ['"1"', 'W/"2"', '"never"']) {
      const answer = await service.api.call(method, `/jobs/${id}`, body, { 'If-Match': tag });
      expectProblem(answer, { status: 412, code: 'stale_version' });
    }
    expect(bodyOf(200, await service.api.get(`/jobs/${id}`))).toEqual(current);
  });

  it('answers 304 to a GET that knows the version', async () => {
    const { id } = await service.createJob();
    const response = await fetch(`${service.api.url}/jobs/${id}`, { headers: { 'If-None-Match': '"1"' } });
    expect(response.status).toBe(304);
  });
});

describe('activate and deactivate', () => {
  it('answer 200 with the job, and do nothing the second time', async () => {
    const { id } = await service.createJob();
    const off = bodyOf(200, await service.api.post<Job>(`/jobs/${id}/deactivate`));
    expect(off).toMatchObject({ active: false, version: 2 });
    expect(bodyOf(200, await service.api.post(`/jobs/${id}/deactivate`))).toEqual(off);
    const on = bodyOf(200, await service.api.post(`/jobs/${id}/activate`));
    expect(on).toMatchObject({ active: true, version: 3 });
  });

  it('do to the schedules of the job what a PATCH of active does', async () => {
    const job = await service.createJob();
    const { id } = await service.createSchedule(job, { type: 'interval', intervalSeconds: 3_600 });
    bodyOf(200, await service.api.patch(`/jobs/${job.id}`, { active: false }));
    expect(await service.schedule(id)).toMatchObject({ active: true, nextRunAt: null });
    bodyOf(200, await service.api.post(`/jobs/${job.id}/activate`));
    expect((await service.schedule(id)).nextRunAt).not.toBeNull();
  });
});

describe('Idempotency-Key', () => {
  it('gets the stored answer for the same body, whatever its layout, and creates one job', async () => {
    const request = newJob();
    const key = { 'Idempotency-Key': 'create-once', 'Content-Type': 'application/json' };
    const first = await service.api.send<Job>('POST', '/jobs', JSON.stringify(request), key);
    const again = await service.api.send<Job>('POST', '/jobs', JSON.stringify(request, null, 2), key);
    expect(bodyOf(201, again)).toEqual(bodyOf(201, first));
    expect(first.headers.get('Idempotent-Replayed')).toBeNull();
    expect(again.headers.get('Idempotent-Replayed')).toBe('true');
    expect(again.headers.get('Location')).toBe(first.headers.get('Location'));
    expect(again.headers.get('ETag')).toBe('"1"');
    expect(namesOf(await service.api.pages(`/jobs?q=${request.name}`))).toEqual([request.name]);
  });

  it('is refused with 422 for another body or another path', async () => {
    const key = { 'Idempotency-Key': 'create-another' };
    const { id } = bodyOf(201, await service.api.post<Job>('/jobs', newJob(), key));
    for (const path of ['/jobs', `/jobs/${id}/schedules`]) {
      const answer = await service.api.post(path, newJob(), key);
      expectProblem(answer, { status: 422, code: 'idempotency_key_reused' });
    }
  });

  it('makes one execution of two requests to execute, and the second knows it by its Location', async () => {
    const { id } = await service.createJob();
    const execute = () => service.api.post(`/jobs/${id}/execute`, {}, { 'Idempotency-Key': 'run-once' });
    const [first, again] = [await execute(), await execute()];
    expect([first.status, again.status]).toEqual([202, 202]);
    expect(again.headers.get('Location')).toBe(first.headers.get('Location'));
    expect(await service.executions(`jobId=${id}`)).toHaveLength(1);
  });
});

describe('many clients at once', () => {
  const statusesOf = async (count: number, send: () => Promise<Answer>): Promise<number[]> => {
    const answers = await Promise.all(Array.from({ length: count }, send));
    return answers.map(({ status }) => status).sort();
  };

  it('that want the same name get one job, and 409', async () => {
    const request = newJob();
    const statuses = await statusesOf(8, () => service.api.post('/jobs', request));
    expect(statuses).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
  });

  it('that change the same version change it once, and get 412', async () => {
    const { id } = await service.createJob();
    const patch = () => service.api.patch(`/jobs/${id}`, { priority: 3 }, { 'If-Match': '"1"' });
    expect(await statusesOf(8, patch)).toEqual([200, ...Array.from({ length: 7 }, () => 412)]);
    expect(bodyOf(200, await service.api.get(`/jobs/${id}`))).toMatchObject({ version: 2 });
  });
});

describe('GET /jobs', () => {
  const created: string[] = [];

  beforeAll(async () => {
    for (let index = 0; index < 7; index += 1) {
      const { name } = await service.createJob({ tags: index < 3 ? ['paged', 'first'] : ['paged'] });
      created.unshift(name);
    }
  });

  it('pages newest first: the Link of each page leads to the next, the last has none', async () => {
    const pages = await service.api.pages<Job>('/jobs?tag=paged&limit=3');
    expect(pages.map(({ items }) => items.length)).toEqual([3, 3, 1]);
    expect(pages.map(({ nextCursor }) => nextCursor !== null)).toEqual([true, true, false]);
    expect(namesOf(pages)).toEqual(created);
  });

  it('keeps its place when a job comes in between two pages', async () => {
    const first = await service.api.get<Page<Job>>('/jobs?tag=paged&limit=4');
    await service.createJob();
    const next = await service.api.get<Page<Job>>(nextLinkIn(first.headers) ?? '');
    expect(namesOf([first.body, next.body])).toEqual(created);
  });

  it('takes the nextCursor as a parameter', async () => {
    const { body } = await service.api.get<Page<Job>>('/jobs?tag=paged&limit=5');
    const rest = await service.api.get<Page<Job>>(`/jobs?tag=paged&limit=5&cursor=${body.nextCursor}`);
    expect(namesOf([body, rest.body])).toEqual(created);
  });

  it('finds by tag, by all of several tags, by activity, and by part of the name in any case', async () => {
    const [name = ''] = created;
    expect(namesOf(await service.api.pages('/jobs?tag=paged,first'))).toEqual(created.slice(-3));
    expect(namesOf(await service.api.pages('/jobs?tag=paged&tag=first'))).toEqual(created.slice(-3));
    expect(namesOf(await service.api.pages('/jobs?tag=paged&active=false'))).toEqual([]);
    expect(namesOf(await service.api.pages(`/jobs?q=${name.toUpperCase()}`))).toEqual([name]);
  });
});

describe('an id that no job has', () => {
  it.each([
    ['GET', ''],
    ['PUT', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/activate'],
    ['POST', '/deactivate'],
    ['POST', '/execute'],
    ['GET', '/executions'],
    ['GET', '/schedules'],
    ['POST', '/schedules'],
  ])('%s /jobs/{jobId}%s answers 404, also when it is not a UUID', async (method, action) => {
    const schedule = { type: 'interval', intervalSeconds: 60 };
    const body = method === 'GET' || method === 'DELETE' ? undefined : action ? {} : newJob();
    for (const id of [UNKNOWN_ID, 'not-a-uuid', '1', "'%20OR%201=1"]) {
      const sent = action === '/schedules' && body ? schedule : body;
      const answer = await service.api.call(method, `/jobs/${id}${action}`, sent);
      expectProblem(answer, { status: 404, code: 'job_not_found' });
    }
  });
});
