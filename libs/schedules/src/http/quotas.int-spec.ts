import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { type SchedulesApp, startSchedulesApp } from '../testing/schedules-app.js';

/** On a machine that is busy with other tests. */
const START_TIMEOUT_MS = 60_000;
const TARGET = { type: 'http', method: 'POST', url: 'https://example.org/hook' };

let app: SchedulesApp;

beforeAll(async () => {
  app = await startSchedulesApp();
}, START_TIMEOUT_MS);
afterEach(async () => {
  for (const column of ['max_schedules', 'max_jobs', 'min_interval_seconds']) await limit(column, null);
});
afterAll(() => app?.close());

const limit = (column: string, most: number | null) =>
  app.database.query(`UPDATE services SET ${column} = $1 WHERE slug = 'default'`, [most]);

async function statusesOf(path: string, bodies: readonly object[]): Promise<number[]> {
  const answers = await Promise.all(bodies.map((body) => app.call('POST', path, body)));
  return answers.map(({ status }) => status).sort();
}

describe('a quota', () => {
  it('of schedules is exact when many are created at once, and has room again after a deletion', async () => {
    const path = `/jobs/${(await app.createJob()).id}/schedules`;
    const hourly = { type: 'interval', intervalSeconds: 3_600 };
    await limit('max_schedules', 3);
    const six = Array.from({ length: 6 }, () => hourly);
    expect(await statusesOf(path, six)).toEqual([201, 201, 201, 403, 403, 403]);
    const refused = await app.call('POST', path, hourly);
    expect(refused.body).toMatchObject({ code: 'quota_exceeded', errors: [{ code: 'maxSchedules' }] });
    const { body } = await app.call('GET', '/schedules');
    const [first] = body?.items as { id: string }[];
    await app.call('DELETE', `/schedules/${first?.id}`);
    expect((await app.call('POST', path, hourly)).status).toBe(201);
  });

  it('of jobs is exact when many are created at once', async () => {
    await limit('max_jobs', 3);
    const six = Array.from({ length: 6 }, (_, index) => ({ name: `many ${index}`, target: TARGET }));
    expect(await statusesOf('/jobs', six)).toEqual([201, 201, 403, 403, 403, 403]);
  });

  it('of the shortest interval refuses what fires more often, at the field that says so', async () => {
    await limit('min_interval_seconds', 300);
    const path = `/jobs/${(await app.createJob()).id}/schedules`;
    const refused = [
      [{ type: 'interval', intervalSeconds: 299 }, '/intervalSeconds'],
      [{ type: 'cron', cronExpression: '*/4 * * * *' }, '/cronExpression'],
      [{ type: 'cron', cronExpression: '0,2 3 1 1 *' }, '/cronExpression'],
    ] as const;
    for (const [body, pointer] of refused) {
      const answer = await app.call('POST', path, body);
      expect([answer.status, answer.body?.code]).toEqual([403, 'quota_exceeded']);
      expect(answer.body?.errors).toMatchObject([{ pointer, code: 'minIntervalSeconds' }]);
    }
    const soon = new Date(Date.now() + 60_000).toISOString();
    const accepted = [
      { type: 'interval', intervalSeconds: 300 },
      { type: 'cron', cronExpression: '*/5 * * * *' },
      { type: 'one_time', runAt: soon },
    ];
    expect(await statusesOf(path, accepted)).toEqual([201, 201, 201]);
  });

  it('of the shortest interval that comes later leaves a schedule alone until its rhythm is changed', async () => {
    const job = await app.createJob();
    const made = await app.call('POST', `/jobs/${job.id}/schedules`, {
      type: 'interval',
      intervalSeconds: 10,
    });
    const path = `/schedules/${String(made.body?.id)}`;
    const patch = async (body: object) => (await app.call('PATCH', path, body)).status;
    await limit('min_interval_seconds', 60);
    expect(await patch({ jitterSeconds: 1, timezone: 'Europe/Berlin' })).toBe(200);
    expect(await patch({ endAt: '2099-01-01T00:00:00Z' })).toBe(200);
    const before = await app.call('GET', path);
    expect(await patch({ intervalSeconds: 30 })).toBe(403);
    const put = await app.call('PUT', path, { type: 'cron', cronExpression: '* * * * * *' });
    expect([put.status, put.body?.errors]).toMatchObject([403, [{ pointer: '/cronExpression' }]]);
    expect((await app.call('GET', path)).body).toEqual(before.body);
    expect(await patch({ intervalSeconds: 60 })).toBe(200);
  });
});
