import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { ApiProcess } from './support/tenancy/api-process.js';
import { type Belongings, furnish, JOB, MARK, rowsOfService } from './support/tenancy/belongings.js';
import { type Operation, operationsIn, requestsTo } from './support/tenancy/foreign-requests.js';
import { type Asked, type Seen, ServiceClient } from './support/tenancy/service-client.js';

const START_TIMEOUT_MS = 150_000;

jest.setTimeout(120_000);

const operations = operationsIn(
  JSON.parse(readFileSync(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) as Parameters<
    typeof operationsIn
  >[0],
);
/** A secret's name is its service's own: by that path one reaches one's own things. */
const isById = ({ path }: Operation) => /\{(?!name\})/.test(path);
const byId = operations.filter(isById);
const others = operations.filter((operation) => !isById(operation));

let api: ApiProcess;
let a: ServiceClient;
let b: ServiceClient;
let theirs: Belongings;
let rowsBefore: string[];

beforeAll(async () => {
  api = await ApiProcess.start();
  [a, b] = [await clientOf('a'), await clientOf('b')];
  theirs = await furnish('a', a, api.database.url);
  rowsBefore = await rowsOfService(api.database.url, 'a');
}, START_TIMEOUT_MS);
afterAll(() => api?.stop());

async function clientOf(service: string): Promise<ServiceClient> {
  return new ServiceClient(api.url, await api.createKey(service));
}

const named = (of: readonly Operation[]) =>
  of.map((operation) => [operation.operationId, operation] as const);

/** A service that there is not, with ids that nothing has. */
function nobodys(): Belongings {
  const ids = Object.keys(theirs).map((name) => [name, name === 'slug' ? 'z' : randomUUID()] as const);
  return Object.fromEntries(ids) as unknown as Belongings;
}

/** Without what the asker said itself, and what is drawn for each request. */
function anonymous({ status, text }: Seen, { path, body }: Asked): string {
  const said = [
    path.split('?')[0]!,
    ...path.split(/[/?=]/).filter(isName),
    ...Object.values(body ?? {})
      .map(String)
      .filter(isName),
  ];
  const withoutSaid = said.reduce((rest, word) => rest.replaceAll(word, '…'), text);
  return `${status} ${withoutSaid.replace(/"requestId":"[^"]*"/, '').replace(/"service\/…"|\\"…\\"/g, '…')}`;
}

function isName(word: string): boolean {
  return /^[\da-f-]{36}$/.test(word);
}

describe.each(named(byId))('%s of another service', (_id, operation) => {
  it('is not found, and sounds like one that never was', async () => {
    const unknown = requestsTo(operation, nobodys());
    for (const [index, asked] of requestsTo(operation, theirs).entries()) {
      const seen = await b.ask(asked);
      expect([asked, seen.text, [400, 401, 403, 404].includes(seen.status)]).toEqual([
        asked,
        seen.text,
        true,
      ]);
      expect(seen.text).not.toContain(MARK);
      const stranger = await b.ask(unknown[index]!);
      expect(anonymous(seen, asked)).toBe(anonymous(stranger, unknown[index]!));
    }
  });
});

describe.each(named(others))('%s', (_id, operation) => {
  it('shows nothing of another service', async () => {
    for (const asked of requestsTo(operation, theirs)) {
      const { status, headers, text } = await b.ask(asked);
      expect([asked, status, status < 500]).toEqual([asked, status, true]);
      expect(
        headers.get('Idempotent-Replayed') !== 'true' || asked.headers?.['Idempotency-Key'] === MARK,
      ).toBe(true);
      const shown = withoutOwn(text, asked);
      for (const id of Object.values(theirs).filter(isName)) expect(shown).not.toContain(id);
      expect(JSON.stringify(itemsIn(text)).includes('"service":"a"')).toBe(false);
    }
  });
});

/** What the asker said is no news. */
function withoutOwn(text: string, { path, body }: Asked): string {
  const said = [
    ...path.split(/[/?=]/),
    ...Object.values((body as { filter?: object })?.filter ?? {}).map(String),
  ];
  const withoutFilters = text.replace(/"filter":\{[^}]*\}/g, '…');
  return said.filter(isName).reduce((rest, word) => rest.replaceAll(word, '…'), withoutFilters);
}

function itemsIn(text: string): unknown {
  return text.startsWith('{') ? (JSON.parse(text) as unknown) : text;
}

async function jobsOf(client: ServiceClient): Promise<number> {
  const { items } = await client.done<{ items: unknown[] }>('GET', '/jobs?limit=200');
  return items.length;
}

describe('two services', () => {
  it('have idempotency keys of their own', async () => {
    const key = { 'Idempotency-Key': `${MARK}-once` };
    const first = await a.ask({
      method: 'POST',
      path: '/jobs',
      body: { ...JOB, name: 'twice' },
      headers: key,
    });
    const other = await b.ask({
      method: 'POST',
      path: '/jobs',
      body: { ...JOB, name: 'twice' },
      headers: key,
    });
    expect([first.status, other.status, other.headers.get('Idempotent-Replayed')]).toEqual([201, 201, null]);
    await a.ask({ method: 'DELETE', path: first.headers.get('location') ?? '' });
  });

  it('cannot name calendars of one another', async () => {
    const { id } = await b.done<{ id: string }>('POST', '/jobs', { ...JOB, name: 'with a calendar' });
    await a.done('POST', '/calendars', { name: 'only-a-has-it' });
    const body = { type: 'interval', intervalSeconds: 60, calendars: ['only-a-has-it'] };
    const { status, text } = await b.ask({ method: 'POST', path: `/jobs/${id}/schedules`, body });
    expect([status, text.includes('unknown_calendar')]).toEqual([400, true]);
  });

  it('cannot act for one another by a header', async () => {
    const asked = { method: 'GET', path: '/jobs', headers: { 'X-Scheduler-Service': 'a' } };
    expect((await b.ask(asked)).status).toBe(403);
  });

  it('read what they use themselves, and not what the other does; operators read both', async () => {
    const ofOperator = ['--scopes', 'service:admin'];
    const operator = new ServiceClient(api.url, await api.createKey('default', ...ofOperator));
    for (const [slug, client] of [
      ['a', a],
      ['b', b],
    ] as const) {
      const own = await client.done<object>('GET', '/usage');
      expect(own).toMatchObject({ service: slug, jobs: { used: await jobsOf(client) } });
      const seen = await operator.done<object>('GET', `/services/${slug}/usage`);
      expect({ ...seen, at: '' }).toEqual({ ...own, at: '' });
      expect((await client.ask({ method: 'GET', path: `/services/${slug}/usage` })).status).toBe(403);
    }
    const { key } = await a.done<{ key: string }>('POST', '/keys', { name: 'part', scopes: ['jobs:read'] });
    const part = await new ServiceClient(api.url, key).ask({ method: 'GET', path: '/usage' });
    expect([part.status, part.text.includes('executions:read')]).toEqual([403, true]);
  });

  it('leave no trace on one another', async () => {
    const rows = await rowsOfService(api.database.url, 'a');
    expect(rowsBefore.length).toBeGreaterThan(10);
    expect(rows).toEqual(expect.arrayContaining(rowsBefore));
  });

  it('are both still there: the owner finds everything', async () => {
    for (const operation of byId.filter(({ method }) => method === 'GET')) {
      const [plain] = requestsTo(operation, theirs);
      const { status } = await a.ask(plain!);
      expect([operation.operationId, status]).toEqual([
        operation.operationId,
        operation.path.startsWith('/services/') ? 403 : 200,
      ]);
    }
  });
});

describe('the sweep', () => {
  it('does not know an operation that nobody told it about', () => {
    const unknown = {
      method: 'POST',
      path: '/jobs/{jobId}/copy',
      operationId: 'copyJob',
      parameters: [],
      hasBody: true,
    };
    expect(() => requestsTo(unknown, theirs)).toThrow(/copyJob/);
    expect(() => requestsTo({ ...unknown, path: '/things/{thingId}', hasBody: false }, theirs)).toThrow(
      /thingId/,
    );
  });
});
