import { describe, expect, it } from '@jest/globals';
import { bodyOf, useRunningService } from './support/running-service.js';
import { expectProblem, type Problem } from './support/problems.js';
import type { OpenApiDocument } from './support/openapi-contract.js';
import { UNKNOWN_ID, UUID_V7 } from './support/resources.js';

interface Root {
  readonly name: string;
  readonly version: string;
  readonly links: Readonly<Record<string, string>>;
}

/** The contract's table. */
const OPERATIONS = [
  'GET /',
  'GET /jobs',
  'POST /jobs',
  'GET /jobs/{jobId}',
  'PUT /jobs/{jobId}',
  'PATCH /jobs/{jobId}',
  'DELETE /jobs/{jobId}',
  'POST /jobs/{jobId}/activate',
  'POST /jobs/{jobId}/deactivate',
  'GET /jobs/{jobId}/schedules',
  'POST /jobs/{jobId}/schedules',
  'GET /schedules/{scheduleId}',
  'PUT /schedules/{scheduleId}',
  'PATCH /schedules/{scheduleId}',
  'DELETE /schedules/{scheduleId}',
  'POST /schedules/{scheduleId}/pause',
  'POST /schedules/{scheduleId}/resume',
  'POST /schedules/preview',
  'GET /schedules/{scheduleId}/preview',
  'GET /schedules/{scheduleId}/explain',
  'GET /jobs/{jobId}/executions',
  'GET /executions',
  'GET /executions/{executionId}',
  'POST /jobs/{jobId}/execute',
  'POST /executions/{executionId}/cancel',
  'POST /executions/{executionId}/retry',
  'GET /executions/{executionId}/logs',
  'GET /health/live',
  'GET /health/ready',
  'GET /metrics',
];

const service = useRunningService();

describe('somebody who has nothing but the address', () => {
  it('finds links at / that all lead somewhere', async () => {
    const { name, links } = bodyOf(200, await service.api.get<Root>('/'));
    expect(name).toBe('job-scheduler');
    const paths = [
      '/jobs',
      '/executions',
      '/calendars',
      '/docs',
      '/openapi.json',
      '/health/live',
      '/health/ready',
      '/metrics',
    ];
    expect(Object.values(links)).toEqual(expect.arrayContaining(paths));
    for (const path of Object.values(links)) {
      const response = await fetch(service.api.url + path);
      await response.text();
      expect({ path, status: response.status }).toEqual({ path, status: 200 });
    }
  });

  it('finds Swagger UI at /docs, with every file it loads', async () => {
    const page = await fetch(`${service.api.url}/docs`);
    expect(page.headers.get('Content-Type')).toMatch(/^text\/html/);
    const files = [...(await page.text()).matchAll(/(?:src|href)="(\.[^"]+)"/g)].map(([, file = '']) => file);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) {
      const response = await fetch(new URL(file, `${service.api.url}/docs`));
      expect({ file, status: response.status }).toEqual({ file, status: 200 });
      await response.arrayBuffer();
    }
  });
});

describe('/openapi.json', () => {
  it('is OpenAPI 3.1 and has every operation of the contract', async () => {
    const document = await readDocument();
    expect(document.openapi).toMatch(/^3\.1\./);
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(operations).toEqual(expect.arrayContaining(OPERATIONS));
  });

  it('gives each operation an operationId that no other has', async () => {
    const { paths } = await readDocument();
    const operations = Object.values(paths).flatMap((item) => Object.values(item));
    const ids = operations.map(({ operationId }) => operationId);
    expect(ids).not.toContain(undefined);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

async function readDocument(): Promise<OpenApiDocument> {
  const response = await fetch(`${service.api.url}/openapi.json`);
  expect(response.headers.get('Content-Type')).toMatch(/^application\/json/);
  return (await response.json()) as OpenApiDocument;
}

describe('health and metrics', () => {
  it.each(['api', 'worker'])('the %s is alive and ready', async (app) => {
    const url = app === 'api' ? service.api.url : service.workerUrl;
    for (const path of ['/health/live', '/health/ready']) {
      const response = await fetch(url + path);
      expect(await response.json()).toMatchObject({ status: 'ok' });
      expect({ path, status: response.status }).toEqual({ path, status: 200 });
    }
  });

  it.each(['api', 'worker'])(
    'the %s has scheduler_* metrics in the text format of Prometheus',
    async (app) => {
      const response = await fetch(`${app === 'api' ? service.api.url : service.workerUrl}/metrics`);
      expect(response.headers.get('Content-Type')).toMatch(/^text\/plain; version=/);
      const text = await response.text();
      expect(text).toMatch(/^# TYPE scheduler_\w+ (counter|gauge|histogram)$/m);
      expect(text).toMatch(/^scheduler_\w+(\{.*\})? [\d.e+-]+$/m);
    },
  );

  it('the worker serves no jobs', async () => {
    expect((await fetch(`${service.workerUrl}/jobs`)).status).toBe(404);
  });
});

describe('any request', () => {
  it('gets the X-Request-Id back that it came with', async () => {
    const { headers } = await service.api.get('/jobs', { 'X-Request-Id': 'my-request.7' });
    expect(headers.get('X-Request-Id')).toBe('my-request.7');
  });

  it('finds the X-Request-Id in its problem', async () => {
    const answer = await service.api.get(`/jobs/${UNKNOWN_ID}`, { 'X-Request-Id': 'my-request.8' });
    expect(answer.body).toMatchObject({ requestId: 'my-request.8', instance: `/jobs/${UNKNOWN_ID}` });
  });

  it.each([
    ['empty', ''],
    ['with spaces', 'has spaces'],
    ['of 129 characters', 'x'.repeat(129)],
  ])('gets an id made for it instead of one %s', async (_what, id) => {
    const { headers } = await service.api.get('/jobs', { 'X-Request-Id': id });
    expect(headers.get('X-Request-Id')).toMatch(UUID_V7);
  });

  it('gets no stack trace and no trace of what the service is made of', async () => {
    const { headers } = await service.api.get('/nowhere');
    expect(headers.get('X-Powered-By')).toBeNull();
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
  });
});

describe('a cache on the way', () => {
  const WHO_ASKS = 'Authorization, X-API-Key, X-Scheduler-Service';
  const said = ({ headers }: { readonly headers: Headers }) => [
    headers.get('Cache-Control'),
    headers.get('Vary'),
  ];

  /** As a browser asks; `fetch` would add `no-cache`, which makes Express send a file anew. */
  const seen = (headers: Headers) => ({
    headers: { 'If-None-Match': headers.get('ETag') ?? '', 'Cache-Control': 'max-age=0' },
  });

  it('may keep a list for who asked, and has to ask again', async () => {
    expect(said(await service.api.get('/jobs'))).toEqual(['private, no-cache', WHO_ASKS]);
  });

  it('is told so too when what it has is still current', async () => {
    const target = { type: 'http', url: 'https://example.org/' };
    const { headers } = await service.api.call('POST', '/jobs', { name: 'kept by caches', target });
    const answer = await fetch(`${service.api.url}${headers.get('Location')}`, seen(headers));
    expect([answer.status, ...said(answer)]).toEqual([304, 'private, no-cache', WHO_ASKS]);
  });

  it.each(['/usage', '/status', '/health/ready'])('keeps nothing of %s', async (path) => {
    expect(said(await service.api.get(path))[0]).toBe('no-store');
  });

  it('asks anew whether a file of the page at /docs has changed, and gets 304', async () => {
    const file = `${service.api.url}/docs/swagger-ui.css`;
    const first = await fetch(file);
    await first.arrayBuffer();
    const again = await fetch(file, seen(first.headers));
    expect([first.status, again.status]).toEqual([200, 304]);
  });
});

describe('a method that a path does not have', () => {
  it.each([
    ['DELETE', '/jobs', 'GET, HEAD, POST'],
    ['POST', `/jobs/${UNKNOWN_ID}`, 'DELETE, GET, HEAD, PATCH, PUT'],
    ['PUT', `/schedules/${UNKNOWN_ID}/pause`, 'POST'],
    ['DELETE', `/executions/${UNKNOWN_ID}`, 'GET, HEAD'],
    ['POST', '/health/live', 'GET, HEAD'],
  ])('%s %s is refused with the ones it has', async (method, path, allowed) => {
    const answer = await service.api.call(method, path);
    expectProblem(answer, { status: 405, code: 'method_not_allowed' });
    expect(answer.headers.get('Allow')).toBe(allowed);
  });

  it.each([
    ['/health/live', 405],
    ['/metrics', 405],
    ['/jobs', 404],
  ])('POST %s is refused by a worker before it reads the body', async (path, status) => {
    const headers = { 'Content-Type': 'application/json' };
    const answer = await fetch(service.workerUrl + path, { method: 'POST', headers, body: '{"broken' });
    expect(answer.status).toBe(status);
    await answer.arrayBuffer();
  });

  it.each([
    ['/nowhere', 404],
    ['/v1/jobs', 404],
    ['/jobs/%ff', 400],
  ])('GET %s is a problem like any other', async (path, status) => {
    const answer = await service.api.get<Problem>(path);
    expectProblem(answer, { status, code: answer.body.code });
  });
});
