import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, type ServicesApp, startServicesApp } from './testing/services-app.js';

const NO_LIMITS = {
  maxJobs: null,
  maxSchedules: null,
  minIntervalSeconds: null,
  maxRunsPerMinute: null,
  maxConcurrentRuns: null,
  maxStoredBytes: null,
  succeededRetentionDays: null,
  failedRetentionDays: null,
  egressAllow: [],
};

let app: ServicesApp;

beforeAll(async () => {
  app = await startServicesApp();
});
afterAll(() => app.close());

const post = (body: unknown) => app.call('POST', '/services', body);

function firstErrorOf({ body }: Answer): unknown {
  const [error] = (body?.errors ?? []) as { pointer: string; code: string }[];
  return error && [error.pointer, error.code];
}

describe('a service', () => {
  it('is made without limits, and shown', async () => {
    const created = await post({ slug: 'billing', name: 'Billing' });
    expect(created.status).toBe(201);
    expect(created.headers.get('location')).toBe('/services/billing');
    expect(created.body).toMatchObject({ slug: 'billing', name: 'Billing', version: 1, ...NO_LIMITS });
    const shown = await app.call('GET', '/services/billing');
    expect([shown.status, shown.headers.get('etag'), shown.body]).toEqual([200, '"1"', created.body]);
  });

  it('takes limits, and null takes them away', async () => {
    await post({ slug: 'limited', name: 'Limited', maxJobs: 5, maxStoredBytes: 9_007_199_254_740_991 });
    const patch = { maxJobs: null, maxConcurrentRuns: 3, egressAllow: ['10.0.0.0/8:443', '*.svc.local'] };
    const patched = await app.call('PATCH', '/services/limited', patch);
    expect(patched.status).toBe(200);
    expect(patched.body).toMatchObject({ ...patch, maxStoredBytes: 9_007_199_254_740_991, version: 2 });
    expect((await app.call('PATCH', '/services/limited', { maxConcurrentRuns: 3 })).body?.version).toBe(2);
  });

  it('is changed by whoever has seen it last', async () => {
    await post({ slug: 'stale', name: 'Stale' });
    const stale = await app.call('PATCH', '/services/stale', { name: 'x' }, { 'If-Match': '"7"' });
    expect([stale.status, stale.body?.code]).toEqual([412, 'stale_version']);
    expect((await app.call('DELETE', '/services/stale', undefined, { 'If-Match': '"7"' })).status).toBe(412);
    expect((await app.call('GET', '/services/stale')).body).toMatchObject({ name: 'Stale', version: 1 });
  });

  it.each([
    [{ name: 'no slug' }, '/slug', 'required'],
    [{ slug: 'Upper', name: 'x' }, '/slug', 'matches'],
    [{ slug: '-x', name: 'x' }, '/slug', 'matches'],
    [{ slug: 'x'.repeat(64), name: 'x' }, '/slug', 'matches'],
    [{ slug: 'x', name: '' }, '/name', 'is_length'],
    [{ slug: 'x', name: 'x', maxJobs: -1 }, '/maxJobs', 'min'],
    [{ slug: 'x', name: 'x', maxJobs: '5' }, '/maxJobs', 'invalid_type'],
    [{ slug: 'x', name: 'x', maxConcurrentRuns: 0 }, '/maxConcurrentRuns', 'min'],
    [{ slug: 'x', name: 'x', maxJobs: 2_147_483_648 }, '/maxJobs', 'max'],
    [{ slug: 'x', name: 'x', egressAllow: null }, '/egressAllow', 'invalid_type'],
    [{ slug: 'x', name: 'x', egressAllow: ['10.0.0'] }, '/egressAllow', 'invalid_egress_rule'],
    [{ slug: 'x', name: 'x', maxCoffee: 1 }, '/maxCoffee', 'unknown_property'],
  ])('%j is refused', async (body, pointer, code) => {
    const answer = await post(body);
    expect([answer.status, firstErrorOf(answer)]).toEqual([400, [pointer, code]]);
    expect((await app.call('GET', '/services/x')).status).toBe(404);
  });

  it('keeps its slug', async () => {
    const patched = await app.call('PATCH', '/services/default', { slug: 'other' });
    expect([patched.status, firstErrorOf(patched)]).toEqual([400, ['/slug', 'read_only']]);
    const again = await post({ slug: 'default', name: 'x' });
    expect([again.status, again.body?.code]).toEqual([409, 'slug_taken']);
  });

  it('takes no slug of one that is gone and whose audit log is kept, but one of which nothing was owned', async () => {
    for (const slug of ['gone', 'empty']) {
      await post({ slug, name: 'The first' });
      if (slug === 'gone') await app.insertOwned('audit_events', slug);
      expect((await app.call('DELETE', `/services/${slug}`)).status).toBe(204);
    }
    const again = await post({ slug: 'gone', name: 'The second' });
    expect([again.status, firstErrorOf(again)]).toEqual([409, ['/slug', 'slug_taken']]);
    expect((await app.call('GET', '/services/gone')).status).toBe(404);
    expect((await post({ slug: 'empty', name: 'The second' })).status).toBe(201);
  });

  it('is as unknown with an odd slug as with any', async () => {
    for (const slug of ['nobody', 'UPPER', '%00', "'", 'x'.repeat(500)]) {
      expect((await app.call('GET', `/services/${slug}`)).status).toBe(404);
    }
  });
});

describe('the list of services', () => {
  it('goes by slug, a page at a time', async () => {
    for (const slug of ['page-2', 'page-1', 'page-3']) await post({ slug, name: slug });
    const slugs: unknown[] = [];
    let path: string | undefined = '/services?limit=2';
    while (path !== undefined) {
      const { headers, body }: Answer = await app.call('GET', path);
      slugs.push(...(body?.items as { slug: string }[]).map(({ slug }) => slug));
      path = /^<(.*)>; rel="next"$/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(slugs).toEqual([...slugs].sort());
    expect(slugs).toEqual(expect.arrayContaining(['default', 'page-1', 'page-2', 'page-3']));
  });
});

describe('deleting a service', () => {
  it('works where it owns nothing', async () => {
    await post({ slug: 'empty', name: 'Empty' });
    expect((await app.call('DELETE', '/services/empty')).status).toBe(204);
    expect((await app.call('DELETE', '/services/empty')).status).toBe(404);
  });

  it.each([
    ['jobs', 'jobs, deleted ones whose history is kept included'],
    ['calendars', 'calendars'],
    ['api_keys', 'API keys, included those revoked within the retention of history'],
  ])('is refused where it owns %s, in the words of the api', async (table, owned) => {
    const slug = `owns-${table.replace('_', '-')}`;
    await post({ slug, name: slug });
    await app.insertOwned(table, slug);
    const { status, body } = await app.call('DELETE', `/services/${slug}`);
    expect([status, body?.code]).toEqual([409, 'service_in_use']);
    expect(body?.detail).toBe(`Service "${slug}" cannot be deleted while it owns ${owned}.`);
    expect((await app.call('GET', `/services/${slug}`)).status).toBe(200);
  });

  it('is refused for the one that is always there', async () => {
    const { status, body } = await app.call('DELETE', '/services/default');
    expect([status, body?.code]).toEqual([409, 'service_is_default']);
  });
});

describe('the wall around a service', () => {
  it('stands in requests, and not in those that are about all services', async () => {
    await post({ slug: 'walled', name: 'Walled' });
    await app.insertOwned('jobs', 'walled');
    await app.insertOwned('jobs', 'default');
    expect((await app.call('GET', '/probe/own')).body).toEqual({ services: ['default'] });
    const { body } = await app.call('GET', '/probe/all');
    expect(body?.services).toEqual(expect.arrayContaining(['default', 'walled']));
  });
});
