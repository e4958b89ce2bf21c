import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, type JobsApp, startJobsApp } from '../testing/jobs-app.js';

let app: JobsApp;

beforeAll(async () => {
  app = await startJobsApp();
});

afterAll(() => app?.close());

async function create(changes: object): Promise<void> {
  const target = { type: 'http', url: 'https://example.org/hook' };
  const { status } = await app.call('POST', '/jobs', { target, tags: ['paged'], ...changes });
  expect(status).toBe(201);
}

describe('GET /jobs', () => {
  const names = ({ body }: Answer) => (body?.items as { name: string }[]).map(({ name }) => name);

  beforeAll(async () => {
    for (const name of ['p1', 'p2', 'p3', 'p4', 'p5']) await create({ name });
    await create({ name: 'p0', tags: ['paged', 'quiet'], active: false });
  });

  it('pages newest first, with a Link to the next page', async () => {
    const first = await app.call('GET', '/jobs?tag=paged&limit=4');
    expect(names(first)).toEqual(['p0', 'p5', 'p4', 'p3']);
    const next = /^<(.+)>; rel="next"$/.exec(first.headers.get('Link') ?? '')?.[1] ?? '';
    const last = await app.call('GET', next);
    expect(names(last)).toEqual(['p2', 'p1']);
    expect(last.body?.nextCursor).toBeNull();
    expect(last.headers.get('Link')).toBeNull();
  });

  it('keeps the whole query in its Link, in which a question mark is a character like others', async () => {
    for (const name of ['who?', 'who? 2', 'who']) await create({ name, tags: ['asked'] });
    const first = await app.call('GET', '/jobs?q=who?&limit=1&tag=asked');
    const next = /^<(.+)>; rel="next"$/.exec(first.headers.get('Link') ?? '')?.[1] ?? '';
    const last = await app.call('GET', next);
    expect([...names(first), ...names(last)]).toEqual(['who? 2', 'who?']);
  });

  it('shows fewer than `limit` where they are large, and all of them page by page', async () => {
    const target = {
      type: 'http',
      method: 'POST',
      url: 'https://example.org/hook',
      body: 'x'.repeat(900_000),
    };
    for (const name of ['l1', 'l2', 'l3', 'l4']) await create({ name, target, tags: ['large'] });
    const first = await app.call('GET', '/jobs?tag=large');
    expect(names(first)).toEqual(['l4', 'l3', 'l2']);
    const last = await app.call('GET', `/jobs?tag=large&cursor=${String(first.body?.nextCursor)}`);
    expect(names(last)).toEqual(['l1']);
    expect(last.body?.nextCursor).toBeNull();
  });

  it.each([
    ['tag=paged&tag=quiet', ['p0']],
    ['tag=paged,quiet', ['p0']],
    ['tag=paged&active=false', ['p0']],
    ['tag=paged&q=P3', ['p3']],
    ['tag=paged&q=', ['p0', 'p5', 'p4', 'p3', 'p2', 'p1']],
  ])('filters by %s', async (query, expected) => {
    expect(names(await app.call('GET', `/jobs?${query}`))).toEqual(expected);
  });

  it.each([
    ['limit=0', '/limit'],
    ['limit=201', '/limit'],
    ['limit=x', '/limit'],
    ['active=yes', '/active'],
    ['tag=', '/tag'],
    ['q=%00', '/q'],
    ['q=a&q=b', '/q'],
    ['cursor=nonsense', '/cursor'],
    ['name=x', '/name'],
  ])('refuses %s', async (query, pointer) => {
    const answer = await app.call('GET', `/jobs?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
    expect(answer.headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
    expect(answer.body?.errors).toMatchObject([{ pointer }]);
  });
});
