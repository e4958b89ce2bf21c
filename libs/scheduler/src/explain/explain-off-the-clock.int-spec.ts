import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type ExplainApp, startExplainApp } from './testing/explain-app.js';

/** Every ten minutes since 10:00, and it is 12:00:30. */
const CREATED = '2026-06-01T10:00:00.000Z';
const NOW = '2026-06-01T12:00:30.000Z';

let app: ExplainApp;
let jobId: string;
let scheduleId: string;

beforeAll(async () => {
  app = await startExplainApp();
});

afterAll(() => app?.close());

beforeEach(async () => {
  app.clock.set(CREATED);
  jobId = await app.createJob();
  await createSchedule();
});

const at = (time: string) => `2026-06-01T${time}Z`;

async function createSchedule(more: object = {}): Promise<void> {
  app.clock.set(CREATED);
  const body = { type: 'cron', cronExpression: '*/10 * * * *', ...more };
  scheduleId = String((await app.call('POST', `/jobs/${jobId}/schedules`, body)).body.id);
  app.clock.set(NOW);
  await firedUpToNow();
}

/** Without a record of any instant. */
const firedUpToNow = () => setNextRunAt(at('12:10:00'));
const setNextRunAt = (nextRunAt: string | null) =>
  app.database.query('UPDATE schedules SET next_run_at = $2 WHERE id = $1', [scheduleId, nextRunAt]);

async function instantOf(time: string): Promise<unknown> {
  const to = new Date(Date.parse(at(time)) + 1).toISOString();
  const { body } = await app.call('GET', `/schedules/${scheduleId}/explain?from=${at(time)}&to=${to}`);
  expect(body.instants).toHaveLength(1);
  return (body.instants as unknown[])[0];
}

describe('an instant off the clock', () => {
  it.each([
    ['10:00:00', undefined, 'not_scheduled', 'created_later'],
    ['10:10:00', undefined, 'not_recorded', 'no_record'],
    ['12:10:00', undefined, 'upcoming', null],
    ['12:10:00', 'pause', 'not_scheduled', 'paused'],
    ['12:00:00', 'pause', 'not_recorded', 'changed_later'],
    ['12:10:00', 'deactivate', 'not_scheduled', 'job_inactive'],
  ])('%s after %s: %s, %s', async (time, action, verdict, reason) => {
    if (action === 'pause') await app.call('POST', `/schedules/${scheduleId}/pause`, { reason: 'holiday' });
    if (action === 'deactivate') await app.jobs.deactivate('default', jobId);
    if (action === 'deactivate') await setNextRunAt(null);
    expect(await instantOf(time)).toMatchObject({ verdict, reason, executionId: null });
  });

  it('before the schedule was made', async () => {
    expect(await instantOf('09:50:00')).toMatchObject({
      verdict: 'not_scheduled',
      reason: 'created_later',
      message: 'the schedule was created at 2026-06-01T10:00:00Z, and fires later than that',
    });
  });

  it('after the schedule has ended', async () => {
    await app.database.query(
      `UPDATE schedules SET active = false, next_run_at = NULL, pause_reason = 'max_runs_reached', last_run_at = $2
       WHERE id = $1`,
      [scheduleId, at('11:30:00')],
    );
    expect(await instantOf('11:40:00')).toMatchObject({
      verdict: 'not_scheduled',
      reason: 'max_runs_reached',
    });
  });

  it('in a calendar, also when it is to come', async () => {
    await app.call('POST', '/calendars', { name: jobId, excludedDates: ['2026-06-01'] });
    await createSchedule({ calendars: [jobId] });
    expect(await instantOf('23:00:00')).toMatchObject({
      verdict: 'skipped',
      reason: 'calendar',
      message: `will be skipped: calendar "${jobId}" excludes it`,
    });
  });
});

describe('an instant without a record, of a job that was inactive and is active again', () => {
  beforeEach(async () => {
    app.clock.set(at('11:00:30'));
    await app.jobs.deactivate('default', jobId);
    app.clock.set(at('11:30:30'));
    await app.jobs.activate('default', jobId);
    app.clock.set(NOW);
    await firedUpToNow();
  });

  it('says that the job was inactive then, and nothing of retention', async () => {
    expect(await instantOf('11:20:00')).toMatchObject({
      verdict: 'not_recorded',
      reason: 'job_inactive',
      message: 'no record: its job was inactive then',
    });
  });

  it('does not say so of an instant since', async () => {
    expect(await instantOf('11:40:00')).toMatchObject({
      verdict: 'not_recorded',
      reason: 'no_record',
      message: 'no record, and no cause is known: its job has been active since 2026-06-01T11:30:30Z',
    });
  });

  it('cannot tell once the service keeps the record no longer', async () => {
    await app.database.query(`UPDATE services SET failed_retention_days = 1`);
    app.clock.set('2026-06-03T12:00:30.000Z');
    expect(await instantOf('11:20:00')).toMatchObject({
      reason: 'no_record',
      message: 'no record: its job was inactive then, or the record is past its retention',
    });
    await app.database.query(`UPDATE services SET failed_retention_days = NULL`);
  });
});

it('an instant of a pause does not take the time of a change of timing for that of the pause', async () => {
  await app.call('POST', `/schedules/${scheduleId}/pause`, { reason: 'holiday' });
  app.clock.set(at('12:05:00'));
  await app.call('PATCH', `/schedules/${scheduleId}`, { cronExpression: '*/20 * * * *' });
  expect(await instantOf('12:20:00')).toMatchObject({
    reason: 'paused',
    message:
      'the schedule is paused, and what is due after 2026-06-01T12:05:00Z is left to its resume: holiday',
  });
});
