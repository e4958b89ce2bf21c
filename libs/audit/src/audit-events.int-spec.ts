import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource } from 'typeorm';
import { dataSourceOptions } from '@app/platform/database';
import { bindToActor, runInRequestContext } from '@app/platform/request-context';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { AuditEventsRepository, type Change, recordChange } from './index.js';

const CHANGE: Change = {
  service: 'a',
  action: 'job.updated',
  resourceId: 'j',
  before: { n: 1 },
  after: { n: 2 },
};

const GOES_ON = new AbortController().signal;

/** On a machine that is busy with other tests. */
const START_TIMEOUT_MS = 60_000;

let testDatabase: TestDatabase;
let database: DataSource;
let events: AuditEventsRepository;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const options = dataSourceOptions({ url: testDatabase.url, poolSize: 2, applicationName: 'audit-test' });
  database = await new DataSource(options).initialize();
  events = new AuditEventsRepository(database);
}, START_TIMEOUT_MS);
afterAll(async () => {
  await database?.destroy();
  await testDatabase?.drop();
});

function asked<T>(actor: string, work: () => Promise<T>): Promise<T> {
  return runInRequestContext({ requestId: 'request-1', traceparent: null }, () => {
    bindToActor(actor);
    return work();
  });
}

const ofService = (service: string) => events.list(service, {}, { limit: 100 });

async function insertAged(service: string, days: number): Promise<void> {
  await database.query(
    `INSERT INTO audit_events (id, service, at, actor, action, resource_type, resource_id)
     VALUES (gen_random_uuid(), $1, now() - $2 * interval '1 day', 'ann', 'job.deleted', 'job', 'j')`,
    [service, days],
  );
}

describe('an audit event', () => {
  it('names who sent the request, and the request', async () => {
    await asked('key:1', () => recordChange(database, CHANGE));
    expect(await ofService('a')).toEqual([
      expect.objectContaining({
        actor: 'key:1',
        requestId: 'request-1',
        action: 'job.updated',
        resourceType: 'job',
        before: { n: 1 },
        after: { n: 2 },
      }),
    ]);
  });

  it('names the scheduler where nobody asked', async () => {
    await recordChange(database, { ...CHANGE, service: 'alone' });
    expect(await ofService('alone')).toMatchObject([{ actor: 'scheduler', requestId: null }]);
  });

  it('is gone with a change that is rolled back', async () => {
    const failing = database.transaction(async (tx) => {
      await recordChange(tx, { ...CHANGE, service: 'undone' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await ofService('undone')).toEqual([]);
  });

  it('is neither changed, deleted nor emptied away, not even by the owner of the table', async () => {
    await insertAged('kept', 100);
    const refused = { driverError: { code: '42501' } };
    await expect(database.query(`UPDATE audit_events SET actor = 'x'`)).rejects.toMatchObject(refused);
    await expect(database.query(`DELETE FROM audit_events`)).rejects.toMatchObject(refused);
    await expect(database.query(`TRUNCATE audit_events`)).rejects.toMatchObject(refused);
    expect(await ofService('kept')).toHaveLength(1);
  });
});

describe('pruning', () => {
  it('forgets what is past retention and nothing else', async () => {
    for (const days of [401, 500, 399]) await insertAged('old', days);
    expect(await events.prune(400, GOES_ON)).toBe(2);
    expect(await ofService('old')).toHaveLength(1);
  });

  it('is refused for the last 30 days, whoever asks', async () => {
    await insertAged('young', 5);
    await expect(events.prune(1, GOES_ON)).rejects.toMatchObject({ driverError: { code: '42501' } });
    expect(await ofService('young')).toHaveLength(1);
  });
});
