import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aJob } from '../../../../test/support/a-job.js';
import { type Answer, type ExecutionsApp, startExecutionsApp } from './testing/executions-app.js';

let app: ExecutionsApp;
let jobId: string;

beforeAll(async () => {
  app = await startExecutionsApp('api');
  jobId = (await app.jobs.create('default', aJob())).id;
}, 60_000);
beforeEach(() => app.database.query('TRUNCATE executions, service_minutes'));
afterAll(() => app?.close());

const limit = (most: number | null) =>
  app.database.query(`UPDATE services SET max_runs_per_minute = $1 WHERE slug = 'default'`, [most]);
const execute = (): Promise<Answer> => app.call('POST', `/jobs/${jobId}/execute`);
const countOf = async (table: string) =>
  (await app.database.query<{ rows: number }[]>(`SELECT count(*)::int AS rows FROM ${table}`))[0]!.rows;

describe('running by hand beyond what the service may start in a minute', () => {
  it('is refused with the time to wait, and changes nothing', async () => {
    await limit(2);
    const answers = await Promise.all([1, 2, 3, 4].map(() => execute()));
    // A minute may end in between, so that another two have room.
    const refused = answers.filter(({ status }) => status === 429);
    expect(answers.filter(({ status }) => status === 202).length + refused.length).toBe(4);
    expect(await countOf('executions')).toBe(4 - refused.length);
    await limit(1);
    await execute();
    const runs = await countOf('executions');
    const answer = await executeUntilRefused();
    expect(answer.body).toMatchObject({
      status: 429,
      code: 'quota_exceeded',
      errors: [{ pointer: '', code: 'maxRunsPerMinute' }],
    });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(await countOf('executions')).toBeLessThanOrEqual(runs + 1);
    expect(await countOf('executions e JOIN audit_events a ON a.resource_id = e.id::text')).toBe(
      await countOf('executions'),
    );
  });

  it('is refused for a retry too, and the execution can be retried later', async () => {
    await limit(null);
    const { body } = await execute();
    const path = `/executions/${String(body.id)}`;
    await app.call('POST', `${path}/cancel`);
    await limit(1);
    await executeUntilRefused();
    // Where the minute has just ended this one still has room; then the next has none.
    const statuses = [await app.call('POST', `${path}/retry`), await app.call('POST', `${path}/retry`)];
    expect(statuses.at(-1)?.status).toBe(429);
    await limit(null);
    expect((await app.call('POST', `${path}/retry`)).status).toBe(202);
  });

  it('is refused for good where the service may start none', async () => {
    await limit(0);
    const { status, body } = await execute();
    expect([status, body.code]).toEqual([403, 'quota_exceeded']);
    expect(await countOf('executions')).toBe(0);
  });

  /** One more than the quota of 1, also where a minute ends in between. */
  async function executeUntilRefused(): Promise<Answer> {
    const answers = [await execute(), await execute(), await execute()];
    return answers.find(({ status }) => status === 429)!;
  }
});
