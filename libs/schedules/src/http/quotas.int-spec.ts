import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type SchedulesApp, startSchedulesApp } from '../testing/schedules-app.js';

/** On a machine that is busy with other tests. */
const START_TIMEOUT_MS = 60_000;
const TARGET = { type: 'http', method: 'POST', url: 'https://example.org/hook' };

let app: SchedulesApp;

beforeAll(async () => {
  app = await startSchedulesApp();
}, START_TIMEOUT_MS);
afterAll(() => app?.close());

const limit = (column: string, most: number) =>
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
});
