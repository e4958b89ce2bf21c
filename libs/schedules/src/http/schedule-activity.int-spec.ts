import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type SchedulesApp, startSchedulesApp } from '../testing/schedules-app.js';

const HOURLY = { type: 'interval', intervalSeconds: 3_600 };

/** On a machine that is busy with other tests. */
const START_TIMEOUT_MS = 60_000;

let app: SchedulesApp;
let jobId: string;

beforeAll(async () => {
  app = await startSchedulesApp();
}, START_TIMEOUT_MS);

afterAll(() => app?.close());

beforeEach(async () => {
  app.clock.set(null);
  jobId = (await app.createJob()).id;
});

async function create(body: object): Promise<{ path: string; schedule: Record<string, unknown> }> {
  const { status, headers, body: answer } = await app.call('POST', `/jobs/${jobId}/schedules`, body);
  expect({ status, answer }).toMatchObject({ status: 201 });
  return { path: headers.get('Location') ?? '', schedule: answer ?? {} };
}

const read = async (path: string) => (await app.call('GET', path)).body;

const actionsOf = async (path: string) => {
  const { body } = await app.call('GET', `/audit-events?resourceId=${path.split('/').at(-1)}`);
  return (body?.items as { action: string }[]).map(({ action }) => action).reverse();
};

describe('a schedule that is created paused', () => {
  it('has no next instant until it is resumed, and then goes on with none of the pause', async () => {
    app.clock.set('2026-06-01T12:00:00Z');
    const { path, schedule } = await create({ ...HOURLY, active: false });
    expect(schedule).toMatchObject({ active: false, pauseReason: 'paused', nextRunAt: null, version: 1 });
    app.clock.set('2026-06-01T12:30:00Z');
    expect((await app.call('POST', `${path}/resume`)).body).toMatchObject({
      active: true,
      nextRunAt: '2026-06-01T13:00:00.000Z',
    });
  });

  it('is still refused where it would never fire', async () => {
    const past = { type: 'one_time', runAt: '2020-01-01T00:00:00Z', active: false };
    expect((await app.call('POST', `/jobs/${jobId}/schedules`, past)).body).toMatchObject({
      errors: [{ pointer: '/runAt', code: 'in_the_past' }],
    });
  });
});

describe('active, in a change', () => {
  it('pauses and resumes, and the audit says so', async () => {
    const { path } = await create(HOURLY);
    const paused = await app.call('PATCH', path, { active: false });
    expect(paused).toMatchObject({ status: 200, body: { active: false, nextRunAt: null, version: 2 } });
    const resumed = await app.call('PATCH', path, { active: true });
    expect(resumed).toMatchObject({ status: 200, body: { active: true, pauseReason: null, version: 3 } });
    expect(resumed.body?.nextRunAt).toEqual(expect.any(String));
    expect(await actionsOf(path)).toEqual(['schedule.created', 'schedule.paused', 'schedule.resumed']);
  });

  it('changes nothing where it says what is so, or nothing', async () => {
    const { path } = await create(HOURLY);
    await app.call('PATCH', path, { active: true });
    await app.call('PUT', path, HOURLY);
    expect((await read(path))?.version).toBe(1);
    await app.call('POST', `${path}/pause`, { reason: 'maintenance' });
    await app.call('PATCH', path, { maxRuns: 5 });
    await app.call('PATCH', path, { active: false });
    expect(await read(path)).toMatchObject({ active: false, pauseReason: 'maintenance', version: 3 });
  });

  it('leaves what the pause missed to the firer, which lets none of it run', async () => {
    app.clock.set('2026-06-01T12:00:00Z');
    const { path } = await create(HOURLY);
    await app.call('PATCH', path, { active: false });
    app.clock.set('2026-06-01T15:30:00Z');
    expect((await app.call('PATCH', path, { active: true })).body?.nextRunAt).toBe(
      '2026-06-01T13:00:00.000Z',
    );
    const [row] = await app.database.query<[{ catchup_override: string }]>(
      'SELECT catchup_override FROM schedules WHERE id = $1',
      [path.split('/').at(-1)],
    );
    expect(row.catchup_override).toBe('none');
  });

  it('takes new timing along: what is resumed counts from now', async () => {
    app.clock.set('2026-06-01T12:00:00Z');
    const { path } = await create({ ...HOURLY, active: false });
    app.clock.set('2026-06-01T15:30:00Z');
    const changed = await app.call('PATCH', path, { intervalSeconds: 7_200, active: true });
    expect(changed.body).toMatchObject({ active: true, nextRunAt: '2026-06-01T16:00:00.000Z', version: 2 });
    const paused = await app.call('PATCH', path, { intervalSeconds: 600, active: false });
    expect(paused.body).toMatchObject({ active: false, intervalSeconds: 600, nextRunAt: null });
    expect(await actionsOf(path)).toEqual(['schedule.created', 'schedule.updated', 'schedule.updated']);
  });

  it('owes the instants of a pause that is ended while the job is inactive as skipped', async () => {
    app.clock.set('2026-06-01T12:00:00Z');
    const { path } = await create(HOURLY);
    await app.call('PATCH', path, { active: false });
    await app.call('POST', `/jobs/${jobId}/deactivate`);
    app.clock.set('2026-06-01T15:30:00Z');
    const before = app.leftovers.length;
    expect((await app.call('PATCH', path, { active: true })).body).toMatchObject({
      active: true,
      nextRunAt: null,
    });
    expect(app.leftovers.slice(before)).toMatchObject([{ reason: 'job_inactive', mayRun: false }]);
  });

  it('does not resume what may not run any more: the instants of its pause stay owed', async () => {
    app.clock.set('2026-06-01T12:00:00Z');
    const { path, schedule } = await create(HOURLY);
    await app.database.query('UPDATE schedules SET run_count = 3 WHERE id = $1', [schedule.id]);
    await app.call('POST', `${path}/pause`);
    app.clock.set('2026-06-01T15:30:00Z');
    const refused = { status: 409, body: { code: 'schedule_finished' } };
    expect(await app.call('PATCH', path, { maxRuns: 3, active: true })).toMatchObject(refused);
    await app.call('PATCH', path, { maxRuns: 3 });
    expect(await app.call('POST', `${path}/resume`)).toMatchObject(refused);
    const before = app.leftovers.length;
    await app.call('DELETE', path);
    expect(app.leftovers.slice(before)).toMatchObject([
      { range: { after: Date.parse('2026-06-01T12:00:00Z'), until: Date.parse('2026-06-01T15:30:00Z') } },
    ]);
  });

  it('lets a change end a schedule that was active', async () => {
    const { path, schedule } = await create(HOURLY);
    await app.database.query('UPDATE schedules SET run_count = 3 WHERE id = $1', [schedule.id]);
    const { status, body } = await app.call('PUT', path, { ...schedule, maxRuns: 3 });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { active: false, pauseReason: 'max_runs_reached' },
    });
  });

  it('cannot start again what is finished, and changes nothing then', async () => {
    app.clock.set('2026-06-01T12:00:00Z');
    const { path } = await create({ ...HOURLY, endAt: '2026-06-01T13:30:00Z' });
    await app.database.query(
      `UPDATE schedules SET active = false, pause_reason = 'end_at_passed', next_run_at = NULL WHERE id = $1`,
      [path.split('/').at(-1)],
    );
    app.clock.set('2026-06-01T14:00:00Z');
    const refused = await app.call('PATCH', path, { active: true, maxCatchup: 7 });
    expect(refused).toMatchObject({ status: 409, body: { code: 'schedule_finished' } });
    expect(await read(path)).toMatchObject({ version: 1, maxCatchup: 100 });
    const extended = await app.call('PATCH', path, { active: true, endAt: '2026-06-01T18:00:00Z' });
    expect(extended.body).toMatchObject({ active: true, nextRunAt: '2026-06-01T15:00:00.000Z' });
  });

  it.each([null, 'no', 0])('is not %j', async (active) => {
    const { path } = await create(HOURLY);
    for (const [method, body] of [
      ['PUT', { ...HOURLY, active }],
      ['PATCH', { active: active ?? 'null' }],
    ] as const)
      expect((await app.call(method, path, body)).body).toMatchObject({ errors: [{ pointer: '/active' }] });
  });
});

describe('a schedule as it was read', () => {
  it('may be put back, whatever its type, and changes nothing', async () => {
    for (const definition of [
      { ...HOURLY, parameters: { a: 1 }, maxRuns: 3, overlapPolicy: 'allow' },
      { type: 'cron', cronExpression: '30 9 * * MON', timezone: 'Europe/Berlin', dstGap: 'skip' },
      { type: 'one_time', runAt: '2031-01-01T00:00:00Z', active: false },
    ]) {
      const { path, schedule } = await create(definition);
      const { status, body } = await app.call('PUT', path, schedule);
      expect({ status, body }).toEqual({ status: 200, body: schedule });
    }
  });

  it('may be put back with a change after it has fired', async () => {
    const { path, schedule } = await create(HOURLY);
    await app.database.query(
      `UPDATE schedules SET run_count = 4, last_run_at = next_run_at, next_run_at = next_run_at + interval '1 hour'
       WHERE id = $1`,
      [schedule.id],
    );
    const { status, body } = await app.call('PUT', path, { ...schedule, maxRuns: 9 });
    expect({ status, body }).toMatchObject({ status: 200, body: { maxRuns: 9, runCount: 4, version: 2 } });
  });

  it('is refused once somebody else has changed it, as with If-Match', async () => {
    const { path, schedule } = await create(HOURLY);
    await app.call('PATCH', path, { maxRuns: 2 });
    expect(await app.call('PUT', path, schedule)).toMatchObject({
      status: 412,
      body: { code: 'stale_version' },
    });
    const again = { ...schedule, version: undefined, updatedAt: undefined };
    expect((await app.call('PUT', path, again)).body).toMatchObject({ maxRuns: null, version: 3 });
  });

  it('cannot be moved to another job, nor told when it runs next or why it stands still', async () => {
    const { path, schedule } = await create(HOURLY);
    for (const [body, pointer] of [
      [{ ...schedule, jobId: (await app.createJob()).id }, '/jobId'],
      [{ ...HOURLY, nextRunAt: '2031-01-01T00:00:00.000Z' }, '/nextRunAt'],
      [{ ...schedule, active: false, pauseReason: 'maintenance' }, '/pauseReason'],
    ] as const)
      expect(await app.call('PUT', path, body)).toMatchObject({
        status: 400,
        body: { errors: [{ pointer, code: 'read_only' }] },
      });
  });
});
