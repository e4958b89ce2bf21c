import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Answer, type SchedulesApp, startSchedulesApp } from '../testing/schedules-app.js';
import { PREVIEW_EXAMPLES } from './schedule-examples.js';

const DAILY = { type: 'cron', cronExpression: '30 9 * * *', timezone: 'Europe/Berlin' };

let app: SchedulesApp;
let ofJob: string;

beforeAll(async () => {
  app = await startSchedulesApp();
});

afterAll(() => app?.close());

beforeEach(async () => {
  ofJob = `/jobs/${(await app.createJob()).id}/schedules`;
});

async function create(body: unknown = DAILY): Promise<string> {
  const { status, headers, body: answer } = await app.call('POST', ofJob, body);
  expect({ status, answer }).toMatchObject({ status: 201 });
  return headers.get('Location') ?? '';
}

const pointersOf = ({ body }: Answer) =>
  ((body?.errors ?? []) as { pointer: string }[]).map(({ pointer }) => pointer);

describe('pause and resume', () => {
  it('take a schedule off the clock and put it back', async () => {
    const path = await create();
    const paused = await app.call('POST', `${path}/pause`, { reason: 'maintenance' });
    expect(paused).toMatchObject({ status: 200, body: { active: false, pauseReason: 'maintenance' } });
    expect(paused.body?.nextRunAt).toBeNull();
    const resumed = await app.call('POST', `${path}/resume`);
    expect(resumed).toMatchObject({ status: 200, body: { active: true, pauseReason: null } });
    expect(resumed.body?.nextRunAt).not.toBeNull();
  });

  it('pause without a body', async () => {
    const paused = await app.call('POST', `${await create()}/pause`);
    expect(paused).toMatchObject({ status: 200, body: { active: false, pauseReason: 'paused' } });
  });

  it('say in a dry run what a resume would start', async () => {
    const path = await create({ type: 'interval', intervalSeconds: 60 });
    await app.call('POST', `${path}/pause`);
    await app.database.query(`UPDATE schedules SET paused_at = now() - interval '10 minutes',
                              anchor_at = now() - interval '1 hour'`);
    const { status, body } = await app.call('POST', `${path}/resume`, { catchup: 'last', dryRun: true });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { dryRun: true, catchup: 'last', wouldRun: 1, wouldNotRun: [{ state: 'missed', count: 9 }] },
    });
    expect((await app.call('GET', path)).body?.active).toBe(false);
  });

  it('say so within what the service may start in this minute, and take nothing of it', async () => {
    const path = await create({ type: 'interval', intervalSeconds: 60 });
    await app.call('POST', `${path}/pause`);
    await app.database.query(`UPDATE schedules SET paused_at = now() - interval '10 minutes',
                              anchor_at = now() - interval '1 hour'`);
    await app.database.query(`UPDATE services SET max_runs_per_minute = 3 WHERE slug = 'default'`);
    const { body } = await app.call('POST', `${path}/resume`, { catchup: 'all', dryRun: true });
    await app.database.query(`UPDATE services SET max_runs_per_minute = NULL WHERE slug = 'default'`);
    const overQuota = (body?.wouldNotRun as { reason: string }[]).filter(({ reason }) => reason === 'quota');
    expect([body?.wouldRun, overQuota.length]).toEqual([3, 7]);
    expect(await app.database.query('SELECT * FROM service_minutes')).toEqual([]);
  });

  it.each([
    ['pause', { reason: 5 }, '/reason'],
    ['resume', { catchup: 'some' }, '/catchup'],
    ['resume', { dryRun: 'yes' }, '/dryRun'],
  ])('%s refuses %o', async (action, body, pointer) => {
    expect(pointersOf(await app.call('POST', `${await create()}/${action}`, body))).toEqual([pointer]);
  });
});

describe('preview', () => {
  it('shows fire times across a clock change, and warns', async () => {
    const { status, body } = await app.call('POST', '/schedules/preview', PREVIEW_EXAMPLES.cron?.value);
    expect(status).toBe(200);
    expect(Object.keys(body ?? {})).toEqual(['description', 'fireTimes', 'warnings']);
    expect(body?.fireTimes).toHaveLength(5);
    expect((body?.fireTimes as unknown[])[2]).toEqual({
      utc: '2026-03-08T07:00:00.000Z',
      local: '2026-03-08T03:00:00',
      offset: '-04:00',
    });
    expect(body?.warnings).toContainEqual(expect.objectContaining({ code: 'dst_gap' }));
  });

  it('warns of the clock changes within its bounds only', async () => {
    const asked = { type: 'cron', cronExpression: '30 2 * * *', timezone: 'Europe/Berlin' };
    const window = { startAt: '2029-01-01T00:00:00Z', endAt: '2029-08-01T00:00:00Z' };
    const { body } = await app.call('POST', '/schedules/preview', { ...asked, ...window });
    expect(body?.warnings).toMatchObject([{ code: 'dst_gap', at: '2029-03-25T01:00:00.000Z' }]);
  });

  it('counts an interval from its start, or from the time that is asked about', async () => {
    const asked = { type: 'interval', intervalSeconds: 60, from: '2030-01-01T00:00:30+00:00', count: 1 };
    const utcOf = ({ body }: Answer) => (body?.fireTimes as { utc: string }[])[0]?.utc;
    const post = (changes: object) => app.call('POST', '/schedules/preview', { ...asked, ...changes });
    expect(utcOf(await post({}))).toBe('2030-01-01T00:01:30.000Z');
    expect(utcOf(await post({ startAt: '2029-01-01T00:00:00Z' }))).toBe('2030-01-01T00:01:00.000Z');
  });

  it('takes all that a schedule may have, and goes by its calendars and maxRuns', async () => {
    await app.call('POST', '/calendars', { name: 'weekends', excludedWeekdays: ['SAT', 'SUN'] });
    const asked = { ...DAILY, jitterSeconds: 5, overlapPolicy: 'allow', calendars: ['weekends'], maxRuns: 3 };
    const friday = { from: '2026-06-05T00:00:00Z' };
    const { body } = await app.call('POST', '/schedules/preview', { ...asked, ...friday });
    expect((body?.fireTimes as { local: string }[]).map(({ local }) => local.slice(0, 10))).toEqual([
      '2026-06-05',
      '2026-06-08',
      '2026-06-09',
    ]);
  });

  it('shows no more of a stored schedule than it may still run', async () => {
    const path = await create({ ...DAILY, maxRuns: 5 });
    const id = path.split('/').at(-1);
    await app.database.query('UPDATE schedules SET run_count = 3 WHERE id = $1', [id]);
    expect((await app.call('GET', `${path}/preview`)).body?.fireTimes).toHaveLength(2);
  });

  it('shows a stored schedule', async () => {
    const { status, body } = await app.call('GET', `${await create()}/preview?count=3`);
    expect(status).toBe(200);
    expect(body?.fireTimes).toHaveLength(3);
    expect(body?.description).toContain('Europe/Berlin');
  });

  it('says of a stored schedule that it is off the clock', async () => {
    const codesOf = ({ body }: Answer) => (body?.warnings as { code: string }[]).map(({ code }) => code);
    const path = await create();
    expect(codesOf(await app.call('GET', `${path}/preview`))).not.toContain('paused');
    await app.call('POST', `${path}/pause`);
    expect(codesOf(await app.call('GET', `${path}/preview`))).toContain('paused');
    await app.call('POST', `${path}/resume`);
    await app.database.query('UPDATE schedules SET next_run_at = NULL WHERE id = $1', [
      path.split('/').at(-1),
    ]);
    expect(codesOf(await app.call('GET', `${path}/preview`))).toContain('job_inactive');
  });

  it.each([
    ['a wrong expression', { ...DAILY, cronExpression: 'x' }, '/cronExpression'],
    ['too many', { ...DAILY, count: 1_001 }, '/count'],
    ['a local time', { ...DAILY, from: '2030-01-01T00:00:00' }, '/from'],
    ['a policy that there is not', { ...DAILY, overlapPolicy: 'wait' }, '/overlapPolicy'],
    ['a calendar that there is not', { ...DAILY, calendars: ['none'] }, '/calendars/0'],
    ['what no schedule has', { ...DAILY, nextRunAt: null }, '/nextRunAt'],
  ])('refuses %s', async (_what, body, pointer) => {
    expect(pointersOf(await app.call('POST', '/schedules/preview', body))).toEqual([pointer]);
  });
});
