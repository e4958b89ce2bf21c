import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ExplainApp, startExplainApp } from './explain/testing/explain-app.js';

let app: ExplainApp;
let jobId: string;
let scheduleId: string;

beforeAll(async () => {
  app = await startExplainApp();
}, 30_000);

afterAll(() => app?.close());

/** Every ten minutes since 10:00, fired up to 11:00; the next instant is 11:10. */
beforeEach(async () => {
  jobId = await app.createJob();
  app.clock.set(at('10:00:00'));
  const everyTenMinutes = { type: 'cron', cronExpression: '*/10 * * * *' };
  const { body } = await app.call('POST', `/jobs/${jobId}/schedules`, everyTenMinutes);
  scheduleId = String(body.id);
  await app.database.query('UPDATE schedules SET next_run_at = $2 WHERE id = $1', [
    scheduleId,
    at('11:10:00'),
  ]);
});

const at = (time: string) => `2026-06-01T${time}.000Z`;
const patch = (body: object) => app.call('PATCH', `/schedules/${scheduleId}`, body);
const history = () =>
  app.database.query<Record<string, unknown>[]>(
    `SELECT scheduled_for AS "scheduledFor", state, reason, reason_detail AS detail FROM executions
     WHERE schedule_id = $1 ORDER BY scheduled_for`,
    [scheduleId],
  );

const record = (time: string, state: string, reason: string, detail: unknown) => ({
  scheduledFor: new Date(at(time)),
  state,
  reason,
  detail,
});
const range = (from: string, to: string, count: number) => ({ from: at(from), to: at(to), count });
const RUN = { scheduledFor: new Date('2026-06-01T11:10:00Z'), state: 'pending', reason: null, detail: null };

describe('an instant that is due and not fired', () => {
  it('still runs when the schedule is retimed within its grace, and counts as a run', async () => {
    app.clock.set(at('11:10:30'));
    const { body } = await patch({ cronExpression: '0 * * * *' });
    expect(body).toMatchObject({ nextRunAt: at('12:00:00'), lastRunAt: at('11:10:00'), runCount: 1 });
    expect(await history()).toEqual([RUN]);
  });

  it('still runs when maxRuns allows it, and is then the last', async () => {
    await patch({ maxRuns: 1 });
    app.clock.set(at('11:10:30'));
    const { body } = await patch({ cronExpression: '0 * * * *' });
    expect(body).toMatchObject({ active: false, pauseReason: 'max_runs_reached', runCount: 1 });
    expect(await history()).toEqual([RUN]);
  });

  it('is missed when the schedule is retimed later than its grace', async () => {
    app.clock.set(at('11:40:30'));
    await patch({ cronExpression: '0 * * * *' });
    expect(await history()).toEqual([
      record('11:30:00', 'missed', 'schedule_changed', range('11:10:00', '11:30:00', 3)),
      { ...RUN, scheduledFor: new Date(at('11:40:00')) },
    ]);
    const { body } = await app.call(
      'GET',
      `/schedules/${scheduleId}/explain?from=${at('11:00:00')}&to=${at('11:31:00')}`,
    );
    expect(body.instants).toMatchObject([
      { verdict: 'not_recorded', reason: 'changed_later' },
      { verdict: 'missed', message: expect.stringMatching(/the schedule was changed before it was fired/) },
    ]);
  });

  it('leaves nothing behind when the change is refused', async () => {
    app.clock.set(at('11:10:30'));
    expect((await patch({ endAt: at('11:00:00') })).status).toBe(400);
    expect(await history()).toEqual([]);
  });

  it('is skipped when the schedule is deleted, and the record stays', async () => {
    app.clock.set(at('11:10:30'));
    await app.call('DELETE', `/schedules/${scheduleId}`);
    expect(await history()).toEqual([
      record('11:10:00', 'skipped', 'schedule_deleted', range('11:10:00', '11:10:00', 1)),
    ]);
  });

  it('is skipped when the job is deleted', async () => {
    app.clock.set(at('11:20:30'));
    await app.jobs.delete('default', jobId, null);
    expect(await history()).toEqual([
      record('11:20:00', 'skipped', 'job_deleted', range('11:10:00', '11:20:00', 2)),
    ]);
  });

  it('is skipped when the schedule is retimed while its job is inactive', async () => {
    app.clock.set(at('11:10:30'));
    await app.database.query('UPDATE jobs SET active = false WHERE id = $1', [jobId]);
    expect((await patch({ cronExpression: '0 * * * *' })).body.nextRunAt).toBeNull();
    expect(await history()).toMatchObject([{ state: 'skipped', reason: 'job_inactive' }]);
  });
});

describe('the instants of a pause', () => {
  beforeEach(async () => {
    app.clock.set(at('11:05:00'));
    await app.call('POST', `/schedules/${scheduleId}/pause`);
    app.clock.set(at('11:55:00'));
  });

  const paused = range('11:10:00', '11:50:00', 5);

  it('are skipped when the schedule is retimed', async () => {
    await patch({ cronExpression: '0 * * * *' });
    expect(await history()).toEqual([record('11:50:00', 'skipped', 'schedule_changed', paused)]);
  });

  it('are skipped when the schedule is deleted', async () => {
    await app.call('DELETE', `/schedules/${scheduleId}`);
    expect(await history()).toEqual([record('11:50:00', 'skipped', 'schedule_deleted', paused)]);
  });

  it('are skipped when it is resumed while its job is inactive, as a dry run says', async () => {
    await app.jobs.deactivate('default', jobId);
    const resume = (dryRun: boolean) =>
      app.call('POST', `/schedules/${scheduleId}/resume`, { catchup: 'all', dryRun });
    expect((await resume(true)).body).toMatchObject({
      wouldRun: 0,
      nextRunAt: null,
      wouldNotRun: [{ state: 'skipped', reason: 'job_inactive', ...paused }],
    });
    await resume(false);
    expect(await history()).toEqual([record('11:50:00', 'skipped', 'job_inactive', paused)]);
  });

  it('leave one record when the schedule cannot be read any more', async () => {
    await app.database.query(`UPDATE schedules SET cron_expression = 'x', version = 9 WHERE id = $1`, [
      scheduleId,
    ]);
    expect((await patch({ jitterSeconds: 5 })).status).toBe(200);
    expect(await app.call('POST', `/schedules/${scheduleId}/resume`)).toMatchObject({
      status: 409,
      body: { code: 'schedule_unreadable' },
    });
    expect((await app.call('DELETE', `/schedules/${scheduleId}`)).status).toBe(204);
    expect(await history()).toMatchObject([{ state: 'missed', reason: 'schedule_deleted' }]);
  });
});

describe('a schedule that cannot be read any more', () => {
  it('says so to whoever asks for its instants, and may be changed', async () => {
    await app.database.query(`UPDATE schedules SET cron_expression = 'x', version = 9 WHERE id = $1`, [
      scheduleId,
    ]);
    const unreadable = { status: 409, body: { code: 'schedule_unreadable' } };
    const schedule = `/schedules/${scheduleId}`;
    expect(await app.call('GET', `${schedule}/preview`)).toMatchObject(unreadable);
    expect(await app.call('POST', `${schedule}/resume`, { dryRun: true })).toMatchObject(unreadable);
    expect((await patch({ jitterSeconds: 5 })).status).toBe(200);
    expect((await patch({ cronExpression: '0 * * * *' })).status).toBe(200);
  });
});

describe('the one instant of a one-time schedule, while its job is inactive', () => {
  const skipped = record('11:30:00', 'skipped', 'job_inactive', range('11:30:00', '11:30:00', 1));
  const schedule = async () => (await app.call('GET', `/schedules/${scheduleId}`)).body;
  const explained = async () =>
    (await app.call('GET', `/schedules/${scheduleId}/explain?from=${at('11:30:00')}&to=${at('11:31:00')}`))
      .body.instants;

  beforeEach(async () => {
    app.clock.set(at('11:00:00'));
    const body = { type: 'one_time', runAt: at('11:30:00') };
    scheduleId = String((await app.call('POST', `/jobs/${jobId}/schedules`, body)).body.id);
    // The database's clock is far past the test's, and would take the schedule for due.
    await app.database.query('UPDATE schedules SET next_run_at = NULL WHERE id = $1', [scheduleId]);
    await app.jobs.deactivate('default', jobId);
  });

  it('is skipped when the job is activated after it, and ends the schedule with a reason that is true', async () => {
    app.clock.set(at('11:40:00'));
    expect(await explained()).toMatchObject([{ verdict: 'not_scheduled', reason: 'job_inactive' }]);
    await app.jobs.activate('default', jobId);
    expect(await history()).toEqual([skipped]);
    expect(await schedule()).toMatchObject({ active: false, pauseReason: 'run_at_passed', runCount: 0 });
    expect(await explained()).toMatchObject([{ verdict: 'skipped', reason: 'job_inactive' }]);
  });

  it('is still to come when the job is activated before it', async () => {
    app.clock.set(at('11:20:00'));
    await app.jobs.activate('default', jobId);
    expect(await history()).toEqual([]);
    expect(await schedule()).toMatchObject({ active: true, nextRunAt: at('11:30:00') });
  });

  it.each<[string, () => Promise<unknown>]>([
    ['schedule is deleted', () => app.call('DELETE', `/schedules/${scheduleId}`)],
    ['schedule is retimed', () => patch({ runAt: at('12:30:00') })],
    ['job is deleted', () => app.jobs.delete('default', jobId, null)],
  ])('is skipped when the %s after it', async (_what, change) => {
    app.clock.set(at('11:40:00'));
    await change();
    expect(await history()).toEqual([skipped]);
  });

  it('ends a schedule that is resumed after it, and is not owed again by the next pause', async () => {
    await app.call('POST', `/schedules/${scheduleId}/pause`);
    app.clock.set(at('11:40:00'));
    const resumed = await app.call('POST', `/schedules/${scheduleId}/resume`, { catchup: 'none' });
    expect(resumed).toMatchObject({ status: 200, body: { active: false, pauseReason: 'run_at_passed' } });
    expect((await app.call('POST', `/schedules/${scheduleId}/pause`)).body.pauseReason).toBe('run_at_passed');
    expect(await history()).toEqual([skipped]);
  });

  it('is left to the resume of a pause that came after it', async () => {
    app.clock.set(at('11:40:00'));
    await app.call('POST', `/schedules/${scheduleId}/pause`);
    await app.jobs.activate('default', jobId);
    await app.call('POST', `/schedules/${scheduleId}/resume`, { catchup: 'all' });
    expect(await schedule()).toMatchObject({ active: true, nextRunAt: at('11:30:00') });
  });
});

it('an instant of a rhythm that ended while the job was inactive is explained by that, and not by the end', async () => {
  app.clock.set(at('11:05:00'));
  await patch({ endAt: at('11:35:00') });
  await app.database.query('UPDATE schedules SET next_run_at = NULL WHERE id = $1', [scheduleId]);
  await app.jobs.deactivate('default', jobId);
  app.clock.set(at('11:40:00'));
  await app.jobs.activate('default', jobId);
  const { body } = await app.call(
    'GET',
    `/schedules/${scheduleId}/explain?from=${at('11:10:00')}&to=${at('12:00:00')}`,
  );
  const inactive = { verdict: 'not_recorded', reason: 'job_inactive' };
  expect(body.instants).toMatchObject([inactive, inactive, inactive]);
  expect((await app.call('GET', `/schedules/${scheduleId}`)).body.pauseReason).toBe('end_at_passed');
});
