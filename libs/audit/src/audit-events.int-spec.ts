import { describe, expect, it } from '@jest/globals';
import { bindToActor, runInRequestContext } from '@app/platform/request-context';
import { useDatabase } from '../../../test/support/use-database.js';
import { AuditEventsRepository, type Change, recordChange } from './index.js';

const CHANGE: Change = {
  service: 'a',
  action: 'job.updated',
  resourceId: 'j',
  before: { n: 1 },
  after: { n: 2 },
};

const GOES_ON = new AbortController().signal;

const { dataSource } = useDatabase();
const events = new AuditEventsRepository(dataSource);

function asked<T>(actor: string, work: () => Promise<T>): Promise<T> {
  return runInRequestContext({ requestId: 'request-1', traceparent: null }, () => {
    bindToActor(actor);
    return work();
  });
}

const ofService = (service: string) => events.list(service, {}, { limit: 100 });

async function insertAged(service: string, days: number): Promise<void> {
  await dataSource.query(
    `INSERT INTO audit_events (id, service, at, actor, action, resource_type, resource_id)
     VALUES (gen_random_uuid(), $1, now() - $2 * interval '1 day', 'ann', 'job.deleted', 'job', 'j')`,
    [service, days],
  );
}

describe('an audit event', () => {
  it('names who sent the request, and the request', async () => {
    await asked('key:1', () => recordChange(dataSource, CHANGE));
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
    await recordChange(dataSource, { ...CHANGE, service: 'alone' });
    expect(await ofService('alone')).toMatchObject([{ actor: 'scheduler', requestId: null }]);
  });

  it('is gone with a change that is rolled back', async () => {
    const failing = dataSource.transaction(async (tx) => {
      await recordChange(tx, { ...CHANGE, service: 'undone' });
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await ofService('undone')).toEqual([]);
  });

  it('is neither changed, deleted nor emptied away, not even by the owner of the table', async () => {
    await insertAged('kept', 100);
    const refused = { driverError: { code: '42501' } };
    await expect(dataSource.query(`UPDATE audit_events SET actor = 'x'`)).rejects.toMatchObject(refused);
    await expect(dataSource.query(`DELETE FROM audit_events`)).rejects.toMatchObject(refused);
    await expect(dataSource.query(`TRUNCATE audit_events`)).rejects.toMatchObject(refused);
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
