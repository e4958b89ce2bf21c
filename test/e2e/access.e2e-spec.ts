import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { openInChromium, withChromium } from '../support/chromium.js';
import { freePort } from '../support/free-port.js';
import { createTestDatabase, type TestDatabase } from '../support/test-database.js';
import { waitFor } from '../support/wait-for.js';
import { FleetProcess } from './support/fleet/fleet-process.js';
import type { OpenApiDocument } from './support/openapi-contract.js';
import { UNKNOWN_ID } from './support/resources.js';

const ROOT = path.dirname(path.dirname(import.meta.dirname));
const START_TIMEOUT_MS = 150_000;
const OPEN = /^\/health\//;

jest.setTimeout(60_000);

let database: TestDatabase;
let env: Record<string, string>;
let apis: Api[] = [];
let admin: string;

beforeAll(async () => {
  database = await createTestDatabase();
  env = {
    PATH: process.env.PATH ?? '',
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    LOG_LEVEL: 'ERROR',
    DATABASE_URL: database.url,
    QUEUE_BACKEND: 'postgres',
    QUEUE_DATABASE_URL: database.queueUrl,
    API_KEY_PEPPER: 'the pepper of this test, of 32 bytes and more',
    METRICS_TOKEN: 'the token of Prometheus',
    RATE_LIMIT_FAILURES_PER_MINUTE: '0',
  };
  admin = await createKey('--service', 'payments', '--role', 'admin');
  apis = await Promise.all([Api.start(env), Api.start(env)]);
}, START_TIMEOUT_MS);

afterAll(async () => {
  await Promise.all(apis.map((api) => api.stop()));
  await database?.drop();
}, START_TIMEOUT_MS);

/** One process of the api, as an image runs it. */
class Api {
  private constructor(private readonly api: FleetProcess) {}

  static async start(environment: Record<string, string>): Promise<Api> {
    return new Api(await FleetProcess.start(ROOT, 'api', environment));
  }

  get url(): string {
    return this.api.url;
  }

  call(method: string, at: string, key?: string, body?: object): Promise<Response> {
    return fetch(this.url + at, {
      method,
      headers: {
        ...(key !== undefined && { Authorization: `Bearer ${key}` }),
        ...(body !== undefined && { 'Content-Type': 'application/json' }),
      },
      body: body === undefined ? null : JSON.stringify(body),
    });
  }

  stop(): Promise<void> {
    return this.api.stop();
  }
}

/** `npm run key:create`, whose standard output is the key and nothing else. */
async function createKey(...args: string[]): Promise<string> {
  const script = path.join('scripts', 'create-key.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script, ...args], { cwd: ROOT, env });
  return stdout.trim().split('\n').at(-1) ?? '';
}

async function operations(): Promise<{ method: string; at: string }[]> {
  const response = await apis[0]!.call('GET', '/openapi.json', admin);
  expect(response.status).toBe(200);
  const { paths } = (await response.json()) as OpenApiDocument;
  return Object.entries(paths).flatMap(([template, item]) =>
    Object.keys(item).map((method) => ({
      method: method.toUpperCase(),
      at: template.replaceAll(/\{\w+\}/g, UNKNOWN_ID),
    })),
  );
}

describe('with AUTH_MODE=api-key, the default in production, a stranger', () => {
  it('gets 401 from every operation but health', async () => {
    const answers = await Promise.all(
      (await operations()).map(async ({ method, at }) => {
        const response = await apis[0]!.call(method, at);
        const problem = (await response.json()) as { code?: string };
        return { operation: `${method} ${at}`, at, status: response.status, code: problem.code };
      }),
    );
    expect(answers.length).toBeGreaterThan(35);
    expect(answers.filter(({ at, status }) => status !== (OPEN.test(at) ? 200 : 401))).toEqual([]);
  });

  it.each(['/', '/docs', '/docs/swagger-ui.css', '/openapi.json', '/nowhere', '/metrics'])(
    'gets 401 from %s',
    async (at) => {
      const response = await apis[0]!.call('GET', at);
      expect(response.status).toBe(401);
      expect(response.headers.get('WWW-Authenticate')).toMatch(/^Bearer/);
      expect(response.headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
      await response.arrayBuffer();
    },
  );

  withChromium(
    'reads the documentation in a browser where DOCS_PUBLIC says so, and nothing else',
    async () => {
      const open = await Api.start({ ...env, DOCS_PUBLIC: 'true' });
      try {
        const { dom, console } = await openInChromium(`${open.url}/docs`);
        expect(console).toEqual([]);
        expect(dom).toContain('data-path="/jobs/{jobId}/execute"');
        expect((await open.call('GET', '/openapi.json')).status).toBe(200);
        for (const at of ['/', '/docs/..%2fjobs', '/docs/x/jobs', '/openapi.json/jobs', '/jobs', '/metrics'])
          expect([at, (await open.call('GET', at)).status]).toEqual([at, 401]);
      } finally {
        await open.stop();
      }
    },
    120_000,
  );

  it('is asked for its credential before its body is read', async () => {
    const broken = await fetch(`${apis[0]!.url}/jobs`, { method: 'POST', body: '{"' });
    expect(broken.status).toBe(401);
  });
});

describe('a key of key:create', () => {
  it('acts for the service that it was made for, which came with it', async () => {
    const job = { name: 'hello', target: { type: 'http', url: 'https://example.org/' } };
    const created = await apis[0]!.call('POST', '/jobs', admin, job);
    expect(created.status).toBe(201);
    expect(await created.json()).toMatchObject({ service: 'payments' });
  });

  it('with the role of a viewer reads, and cannot write', async () => {
    const viewer = await createKey('--service', 'payments', '--role', 'viewer', '--name', 'a dashboard');
    expect((await apis[0]!.call('GET', '/jobs', viewer)).status).toBe(200);
    const writes = (await operations()).filter(
      ({ method, at }) => method !== 'GET' && !at.endsWith('/preview'),
    );
    for (const { method, at } of writes) {
      const response = await apis[0]!.call(method, at, viewer, method === 'DELETE' ? undefined : {});
      const { code } = (await response.json()) as { code: string };
      // Which scope a bulk operation needs follows from what it does, and these say nothing of that.
      const expected = at.startsWith('/bulk-operations') ? /^(400|404) / : /^403 scope_missing$/;
      expect(`${method} ${at} ${response.status} ${code}`).toMatch(
        new RegExp(`^${method} ${at} ${expected.source.slice(1)}`),
      );
    }
  });

  it('does not open the metrics of all services, which METRICS_TOKEN does', async () => {
    expect((await apis[0]!.call('GET', '/metrics', admin)).status).toBe(401);
    expect((await apis[0]!.call('GET', '/metrics', env.METRICS_TOKEN)).status).toBe(200);
  });

  it('is refused with one line when the command is wrong', async () => {
    const wrong = createKey('--service', 'payments', '--role', 'root');
    await expect(wrong).rejects.toMatchObject({ stderr: expect.stringMatching(/^--role root: .*\nUsage: /) });
  });
});

describe('a revoked key', () => {
  it('stops within 5 s, in another process too that has been serving it', async () => {
    const [here, there] = apis as [Api, Api];
    const made = await here.call('POST', '/keys', admin, { name: 'short-lived', role: 'viewer' });
    const { id, key } = (await made.json()) as { id: string; key: string };
    expect((await there.call('GET', '/jobs', key)).status).toBe(200);
    expect((await here.call('DELETE', `/keys/${id}`, admin)).status).toBe(204);
    const revokedAt = performance.now();
    expect((await here.call('GET', '/jobs', key)).status).toBe(401);
    let servedLast = revokedAt;
    await waitFor(async () => {
      const askedAt = performance.now();
      if ((await there.call('GET', '/jobs', key)).status === 401) return true;
      servedLast = askedAt;
      return false;
    });
    expect(servedLast - revokedAt).toBeLessThan(5_000);
  });
});

describe('an api with IF_MATCH_REQUIRED=true', () => {
  it('takes no change that does not say which version it was made for', async () => {
    const api = await Api.start({ ...env, IF_MATCH_REQUIRED: 'true' });
    try {
      const job = { name: 'guarded', target: { type: 'http', url: 'https://example.org/' } };
      const read = (await (await api.call('POST', '/jobs', admin, job)).json()) as { id: string };
      const blind = await api.call('PUT', `/jobs/${read.id}`, admin, job);
      expect([blind.status, await blind.json()]).toMatchObject([428, { code: 'if_match_required' }]);
      expect((await api.call('DELETE', `/jobs/${read.id}`, admin)).status).toBe(428);
      // What was read says its version.
      expect((await api.call('PUT', `/jobs/${read.id}`, admin, read)).status).toBe(200);
    } finally {
      await api.stop();
    }
  });
});

describe('an api without a pepper', () => {
  it('does not start, and says what to do', async () => {
    const withoutPepper = { ...env, API_KEY_PEPPER: '', PORT: String(await freePort()) };
    const start = promisify(execFile)(process.execPath, ['dist/apps/api/src/main.js'], {
      cwd: ROOT,
      env: withoutPepper,
    });
    await expect(start).rejects.toMatchObject({
      stderr: expect.stringMatching(/API_KEY_PEPPER: AUTH_MODE=api-key needs it/),
    });
  });
});
