import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { EntityManager } from 'typeorm';
import { aCall } from '../../../test/support/a-job.js';
import type { JobSpec } from './domain/job.js';
import { type JobsApp, startJobsApp } from './testing/jobs-app.js';

const STRANGER = '01981b5e-7c00-7000-8000-0123456789ab';

let app: JobsApp;
beforeAll(async () => {
  app = await startJobsApp();
  await app.database.query(
    `INSERT INTO services (slug, name) VALUES ('other', 'other'), ('listing', 'listing')`,
  );
});

afterAll(() => app?.close());

const specOf = (changes?: Partial<JobSpec>): JobSpec => aCall('https://example.org/', changes);
const create = (changes?: Partial<JobSpec>) => app.jobs.create('default', specOf(changes));

describe('a job', () => {
  it('is read as it was created', async () => {
    const created = await create({
      parameters: { a: [1, { b: null }] },
      tags: ['x', 'y'],
      maxConcurrency: 3,
    });
    expect({ ...(await app.jobs.get('default', created.id)) }).toEqual(created);
  });

  it.each(['', 'x', '42', STRANGER, `${STRANGER}'`, '\0'])('is not found by %j', async (id) => {
    await expect(app.jobs.get('default', id)).rejects.toMatchObject({
      kind: 'not_found',
      code: 'job_not_found',
    });
    await expect(app.jobs.activate('default', id)).rejects.toMatchObject({ code: 'job_not_found' });
    await expect(app.jobs.delete('default', id, null)).rejects.toMatchObject({ code: 'job_not_found' });
    expect(await app.jobs.findIncludingDeleted('default', id)).toBeNull();
  });

  it('has a name of its own in its service', async () => {
    const { name } = await create();
    await expect(create({ name })).rejects.toMatchObject({
      kind: 'conflict',
      code: 'job_name_taken',
      errors: [{ pointer: '/name' }],
    });
    const other = await create();
    const renamed = app.jobs.change('default', other.id, null, () => specOf({ name }));
    await expect(renamed).rejects.toMatchObject({ code: 'job_name_taken' });
    await expect(app.jobs.create('other', specOf({ name }))).resolves.toMatchObject({ name });
  });

  it('rises by one version with each change and keeps it when nothing changes', async () => {
    const { id, version } = await create();
    const { name } = await app.jobs.get('default', id);
    expect(version).toBe(1);
    const changed = await app.jobs.change('default', id, 1, () => specOf({ name, priority: 1 }));
    expect(changed).toMatchObject({ version: 2, priority: 1 });
    expect(await app.jobs.change('default', id, 2, () => specOf({ name, priority: 1 }))).toMatchObject({
      version: 2,
    });
    expect((await app.jobs.get('default', id)).version).toBe(2);
  });

  it('refuses a change by someone who has not seen its version', async () => {
    const { id } = await create();
    const stale = { kind: 'precondition_failed', code: 'stale_version' };
    await expect(app.jobs.change('default', id, 7, () => specOf())).rejects.toMatchObject(stale);
    await expect(app.jobs.delete('default', id, 7)).rejects.toMatchObject(stale);
    expect((await app.jobs.get('default', id)).version).toBe(1);
  });

  it('loses none of many changes at once', async () => {
    const { id } = await create({ parameters: {} });
    const keys = Array.from({ length: 8 }, (_, index) => `k${index}`);
    await Promise.all(
      keys.map((key) =>
        app.jobs.change('default', id, null, (job) => ({
          ...job,
          parameters: { ...job.parameters, [key]: true },
        })),
      ),
    );
    const job = await app.jobs.get('default', id);
    expect(Object.keys(job.parameters).sort()).toEqual(keys);
    expect(job.version).toBe(1 + keys.length);
  });

  it('stays active or inactive through a replacement that does not say', async () => {
    const { id } = await create({ active: false });
    expect(await app.jobs.change('default', id, null, () => specOf({ priority: 2 }))).toMatchObject({
      active: false,
    });
  });
});

describe('a deleted job', () => {
  it('is gone but for its history, and its name is free', async () => {
    const { id, name } = await create();
    await app.jobs.delete('default', id, 1);
    await expect(app.jobs.get('default', id)).rejects.toMatchObject({ code: 'job_not_found' });
    await expect(app.jobs.delete('default', id, null)).rejects.toMatchObject({ code: 'job_not_found' });
    expect(await app.jobs.findIncludingDeleted('default', id)).toMatchObject({
      id,
      name,
      deletedAt: expect.any(Date),
    });
    await expect(create({ name })).resolves.toMatchObject({ name });
  });

  it('cannot be used, and one in use cannot be deleted before the user is done', async () => {
    const { id } = await create();
    let deletion: Promise<void> | undefined;
    let isDeleted = false;
    await app.database.transaction(async (tx) => {
      await app.jobs.lockForUse(tx, 'default', id);
      deletion = app.jobs.delete('default', id, null).then(() => void (isDeleted = true));
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(isDeleted).toBe(false);
    });
    await deletion;
    const use = app.database.transaction((tx) => app.jobs.lockForUse(tx, 'default', id));
    await expect(use).rejects.toMatchObject({ code: 'job_not_found' });
  });
});

describe("another service's job", () => {
  it('is as unknown as one that there never was, and stays as it is', async () => {
    const { id, name } = await create();
    const unknown = { code: 'job_not_found', detail: `There is no job ${id}.` };
    await expect(app.jobs.get('other', id)).rejects.toMatchObject(unknown);
    await expect(app.jobs.change('other', id, 7, () => specOf())).rejects.toMatchObject(unknown);
    await expect(app.jobs.activate('other', id)).rejects.toMatchObject(unknown);
    await expect(app.jobs.deactivate('other', id)).rejects.toMatchObject(unknown);
    await expect(app.jobs.delete('other', id, 7)).rejects.toMatchObject(unknown);
    const use = app.database.transaction((tx) => app.jobs.lockForUse(tx, 'other', id));
    await expect(use).rejects.toMatchObject(unknown);
    expect(await app.jobs.findIncludingDeleted('other', id)).toBeNull();
    expect(await app.jobs.get('default', id)).toMatchObject({ name, active: true, version: 1 });
  });
});

describe('a lifecycle listener', () => {
  const calls: string[] = [];
  let refusal: Error | null = null;

  async function note(event: string, tx: EntityManager, jobId: string): Promise<void> {
    if (refusal) throw refusal;
    const [row] = await tx.query<{ active: boolean }[]>('SELECT active FROM jobs WHERE id = $1', [jobId]);
    calls.push(`${event} ${row?.active}`);
  }

  beforeAll(() => {
    app.lifecycle.register({
      onJobActivated: (tx, job) => note('activated', tx, job.id),
      onJobDeactivated: (tx, job) => note('deactivated', tx, job.id),
      onJobDeleted: (tx, job) => note('deleted', tx, job.id),
    });
    app.lifecycle.register({});
  });

  it('hears of each change once, in the transaction that makes it', async () => {
    const { id } = await create();
    calls.length = 0;
    expect((await app.jobs.deactivate('default', id)).version).toBe(2);
    expect((await app.jobs.deactivate('default', id)).version).toBe(2);
    expect((await app.jobs.activate('default', id)).version).toBe(3);
    expect((await app.jobs.activate('default', id)).version).toBe(3);
    await app.jobs.change('default', id, null, (job) => ({ ...job, active: false, priority: 1 }));
    await app.jobs.delete('default', id, null);
    expect(calls).toEqual(['deactivated false', 'activated true', 'deactivated false', 'deleted false']);
  });

  it('undoes the change when it fails', async () => {
    const { id } = await create();
    refusal = new Error('no');
    await expect(app.jobs.deactivate('default', id)).rejects.toBe(refusal);
    await expect(app.jobs.delete('default', id, null)).rejects.toBe(refusal);
    refusal = null;
    expect(await app.jobs.get('default', id)).toMatchObject({ active: true, version: 1 });
  });
});

describe('the list of jobs', () => {
  const service = 'listing';
  const add = (changes: Partial<JobSpec>) => app.jobs.create(service, specOf(changes));
  const list = async (filter: Parameters<JobsApp['jobs']['list']>[1]) =>
    (await app.jobs.list(service, filter, { limit: 10 })).map(({ name }) => name);

  beforeAll(async () => {
    await add({ name: 'one', tags: ['a'], description: '100% sure' });
    await add({ name: 'two', tags: ['a', 'b'], description: '50%', active: false });
    await add({ name: 'Three_3', tags: ['b'], description: 'about ONE thing' });
    const { id } = await add({ name: 'gone', tags: ['a'] });
    await app.jobs.delete(service, id, null);
  });

  it.each([
    ['everything of its service, newest first', {}, ['Three_3', 'two', 'one']],
    ['active', { active: true }, ['Three_3', 'one']],
    ['inactive', { active: false }, ['two']],
    ['one tag', { tags: ['a'] }, ['two', 'one']],
    ['all of several tags', { tags: ['a', 'b'] }, ['two']],
    ['no such tag', { tags: ['c'] }, []],
    ['part of name or description, in any case', { q: 'oNe' }, ['Three_3', 'one']],
    ['a percent sign for itself', { q: '%' }, ['two', 'one']],
    ['an underscore for itself', { q: '_' }, ['Three_3']],
    ['a backslash for itself', { q: '\\' }, []],
    ['all filters together', { q: 'o', tags: ['a'], active: true }, ['one']],
  ])('%s', async (_what, filter, names) => {
    expect(await list(filter)).toEqual(names);
  });

  it('goes on below an id', async () => {
    const [first, ...rest] = await app.jobs.list(service, {}, { limit: 10 });
    const below = await app.jobs.list(service, {}, { limit: 1, beforeId: first?.id });
    expect(below.map(({ id }) => id)).toEqual([rest[0]?.id]);
  });
});
