import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Job } from '@app/jobs';
import type { Schedule } from './domain/schedule.js';
import { definitionOf, type ScheduleDefinition } from './schedule-definition.js';
import { scheduleOf } from './testing/schedule-of.js';
import { type SchedulesApp, startSchedulesApp } from './testing/schedules-app.js';

const NOW = '2026-06-01T12:00:05.000Z';

let app: SchedulesApp;
let job: Job;

beforeAll(async () => {
  app = await startSchedulesApp();
});

afterAll(() => app?.close());

beforeEach(async () => {
  app.clock.set(NOW);
  job = await app.createJob();
});

const definition = (given: Partial<ScheduleDefinition> = {}) => definitionOf(scheduleOf(given));
const create = (given: Partial<ScheduleDefinition> = {}) =>
  app.schedules.create('default', job.id, definition(given));
const change = (schedule: Schedule, given: Partial<ScheduleDefinition>) =>
  app.schedules.change('default', schedule.id, null, (current) => ({ ...definitionOf(current), ...given }));
const at = (time: string) => new Date(`2026-06-01T${time}Z`);

describe('create', () => {
  it('puts a schedule on the clock, an interval counting from its creation', async () => {
    const schedule = await create({ intervalSeconds: 60 });
    expect(schedule).toMatchObject({ anchorAt: new Date(NOW), nextRunAt: at('12:01:05'), version: 1 });
    expect(await app.schedules.get('default', schedule.id)).toEqual(expect.objectContaining(schedule));
  });

  it.each([
    ['an interval from its startAt', { startAt: at('12:00:00'), intervalSeconds: 60 }, '12:01:00'],
    ['a cron expression', { type: 'cron', cronExpression: '30 12 * * *', intervalSeconds: null }, '12:30:00'],
    ['a one-time instant', { type: 'one_time', runAt: at('13:00:00'), intervalSeconds: null }, '13:00:00'],
  ] as const)('computes the first instant of %s', async (_what, given, expected) => {
    expect((await create(given)).nextRunAt).toEqual(at(expected));
  });

  it('leaves the schedule of an inactive job off the clock', async () => {
    await app.jobs.deactivate('default', job.id);
    expect(await create()).toMatchObject({ active: true, nextRunAt: null });
  });

  const cron = { type: 'cron', intervalSeconds: null } as const;
  const once = { type: 'one_time', intervalSeconds: null } as const;
  it.each([
    ['runAt in the past', { ...once, runAt: at('12:00:05') }, '/runAt', 'in_the_past'],
    ['runAt after endAt', { ...once, runAt: at('13:00:00'), endAt: at('12:30:00') }, '/runAt', 'never_fires'],
    ['startAt at endAt', { startAt: at('13:00:00'), endAt: at('13:00:00') }, '/endAt', 'invalid_bounds'],
    ['endAt in the past', { endAt: at('12:00:00') }, '/endAt', 'in_the_past'],
    ['no room before endAt', { intervalSeconds: 60, endAt: at('12:00:30') }, '/endAt', 'never_fires'],
    ['no such day', { ...cron, cronExpression: '0 0 31 2 *' }, '/cronExpression', 'never_fires'],
    [
      'a time that each year is left out',
      { ...cron, cronExpression: '*/5 2 * 3 0#2', timezone: 'America/New_York' },
      '/cronExpression',
      'never_fires',
    ],
    ['no such minute', { ...cron, cronExpression: '60 * * * *' }, '/cronExpression', 'cron_syntax'],
    [
      'no such zone',
      { ...cron, cronExpression: '@daily', timezone: 'Mars' },
      '/timezone',
      'unknown_time_zone',
    ],
  ] as const)('refuses %s and stores nothing', async (_what, given, pointer, code) => {
    await expect(create(given)).rejects.toMatchObject({ kind: 'invalid', errors: [{ pointer, code }] });
    expect(await app.schedules.list('default', { jobId: job.id }, { limit: 1 })).toEqual([]);
  });

  it('refuses a job that is not there', async () => {
    await app.jobs.delete('default', job.id, null);
    await expect(create()).rejects.toMatchObject({ code: 'job_not_found' });
  });
});

describe('change', () => {
  it('writes nothing when nothing changes', async () => {
    const schedule = await create({ parameters: { a: { b: 1 } } });
    expect((await change(schedule, { parameters: { a: { b: 1 } } })).version).toBe(1);
  });

  it('counts new timing from now', async () => {
    const schedule = await create({ intervalSeconds: 60 });
    app.clock.set('2026-06-01T12:10:00Z');
    const changed = await change(schedule, { intervalSeconds: 3_600 });
    expect(changed).toMatchObject({ nextRunAt: at('13:00:05'), anchorAt: schedule.anchorAt, version: 2 });
  });

  it('leaves the next instant alone when only policies change', async () => {
    const schedule = await create({ intervalSeconds: 60 });
    app.clock.set('2026-06-01T12:10:00Z');
    const changed = await change(schedule, { overlapPolicy: 'allow' });
    expect(changed).toMatchObject({ nextRunAt: at('12:01:05'), overlapPolicy: 'allow' });
  });

  it('refuses bad timing and keeps what there was', async () => {
    const schedule = await create();
    const past = { endAt: at('11:00:00') };
    await expect(change(schedule, past)).rejects.toMatchObject({ errors: [{ pointer: '/endAt' }] });
    expect((await app.schedules.get('default', schedule.id)).version).toBe(1);
  });

  it('refuses a version that is no longer', async () => {
    const schedule = await create();
    await change(schedule, { maxRuns: 5 });
    const stale = app.schedules.change('default', schedule.id, 1, () => definition());
    await expect(stale).rejects.toMatchObject({ kind: 'precondition_failed', code: 'stale_version' });
  });

  it('ends a schedule that has run too often, and starts it again when it may run more', async () => {
    const schedule = await create({ intervalSeconds: 60 });
    await app.database.query('UPDATE schedules SET run_count = 3 WHERE id = $1', [schedule.id]);
    const ended = await change(schedule, { maxRuns: 2 });
    expect(ended).toMatchObject({ active: false, pauseReason: 'max_runs_reached', nextRunAt: null });
    app.clock.set('2026-06-01T12:10:00Z');
    const started = await change(schedule, { maxRuns: 4 });
    expect(started).toMatchObject({ active: true, pauseReason: null, nextRunAt: at('12:10:05') });
  });

  it('lets a one-time schedule run again at a new instant', async () => {
    const schedule = await create({ type: 'one_time', runAt: at('12:30:00'), intervalSeconds: null });
    await app.repository.transaction((tx) =>
      app.repository.advance(tx, [
        {
          scheduleId: schedule.id,
          nextRunAt: null,
          offClock: false,
          lastRunAt: null,
          runs: 1,
          finished: 'completed',
        },
      ]),
    );
    app.clock.set('2026-06-01T13:00:00Z');
    expect(await change(schedule, { parameters: { late: true } })).toMatchObject({ active: false });
    expect(await change(schedule, { runAt: at('14:00:00') })).toMatchObject({
      active: true,
      nextRunAt: at('14:00:00'),
    });
  });

  it('keeps a paused schedule paused', async () => {
    const schedule = await create();
    await app.pauses.pause('default', schedule.id, 'holiday');
    const changed = await change(schedule, { intervalSeconds: 20 });
    expect(changed).toMatchObject({ active: false, pauseReason: 'holiday', nextRunAt: null });
  });
});

describe('delete', () => {
  it('takes the schedule away, once', async () => {
    const { id } = await create();
    await expect(app.schedules.delete('default', id, 7)).rejects.toMatchObject({ code: 'stale_version' });
    await app.schedules.delete('default', id, 1);
    await expect(app.schedules.delete('default', id, null)).rejects.toMatchObject({
      code: 'schedule_not_found',
    });
    await expect(app.schedules.get('default', 'not-a-uuid')).rejects.toMatchObject({
      code: 'schedule_not_found',
    });
  });
});

describe('a job that changes', () => {
  /** By the database's clock, which is not the test's. */
  const dueIn = ({ id }: Schedule, interval: string) =>
    app.database.query('UPDATE schedules SET next_run_at = now() + $2::interval WHERE id = $1', [
      id,
      interval,
    ]);

  it('takes its schedules off the clock and puts them back from now', async () => {
    const schedule = await create({ intervalSeconds: 60 });
    await dueIn(schedule, '1 hour');
    await app.jobs.deactivate('default', job.id);
    expect(await app.schedules.get('default', schedule.id)).toMatchObject({ active: true, nextRunAt: null });
    app.clock.set('2026-06-01T15:00:00Z');
    await app.jobs.activate('default', job.id);
    expect((await app.schedules.get('default', schedule.id)).nextRunAt).toEqual(at('15:00:05'));
  });

  it('leaves to the firer what is due already', async () => {
    const schedule = await create();
    await dueIn(schedule, '-1 second');
    await app.jobs.deactivate('default', job.id);
    expect((await app.schedules.get('default', schedule.id)).nextRunAt).not.toBeNull();
  });

  it('does not wake paused schedules, and ends those with nothing left', async () => {
    const paused = await create();
    const ending = await create({ endAt: at('12:30:00') });
    await app.pauses.pause('default', paused.id);
    await app.database.query('UPDATE schedules SET next_run_at = NULL WHERE job_id = $1', [job.id]);
    await app.jobs.deactivate('default', job.id);
    app.clock.set('2026-06-01T15:00:00Z');
    await app.jobs.activate('default', job.id);
    expect(await app.schedules.get('default', paused.id)).toMatchObject({ active: false, nextRunAt: null });
    expect(await app.schedules.get('default', ending.id)).toMatchObject({
      active: false,
      pauseReason: 'end_at_passed',
    });
  });

  it('parks a schedule that cannot be read any more instead of staying inactive because of it', async () => {
    const broken = await create();
    const sound = await create();
    await app.jobs.deactivate('default', job.id);
    const lostZone = `UPDATE schedules SET next_run_at = NULL, version = 9,
                      timezone = CASE id WHEN $2 THEN 'Lost/Zone' ELSE timezone END WHERE job_id = $1`;
    await app.database.query(lostZone, [job.id, broken.id]);
    await app.jobs.activate('default', job.id);
    const { active, pauseReason } = await app.schedules.get('default', broken.id);
    expect({ active, pauseReason }).toEqual({
      active: false,
      pauseReason: expect.stringMatching(/^error: .*Lost/),
    });
    expect((await app.schedules.get('default', sound.id)).nextRunAt).not.toBeNull();
  });

  it('takes its schedules along when it is deleted', async () => {
    const { id } = await create();
    await app.jobs.delete('default', job.id, null);
    await expect(app.schedules.get('default', id)).rejects.toMatchObject({ code: 'schedule_not_found' });
  });
});

describe("another service's schedule", () => {
  it('is as unknown as one that there never was, and stays as it is', async () => {
    const { id } = await create();
    const unknown = { code: 'schedule_not_found', detail: `There is no schedule ${id}.` };
    await expect(app.schedules.get('other', id)).rejects.toMatchObject(unknown);
    await expect(app.schedules.change('other', id, 7, () => definition())).rejects.toMatchObject(unknown);
    await expect(app.schedules.delete('other', id, 7)).rejects.toMatchObject(unknown);
    await expect(app.pauses.pause('other', id)).rejects.toMatchObject(unknown);
    await expect(app.pauses.resume('other', id, 'none')).rejects.toMatchObject(unknown);
    await expect(app.pauses.planResume('other', id, 'all')).rejects.toMatchObject(unknown);
    expect(await app.schedules.get('default', id)).toMatchObject({ active: true, version: 1 });
  });

  it('cannot be made on a job of this one', async () => {
    const refused = app.schedules.create('other', job.id, definition());
    await expect(refused).rejects.toMatchObject({ code: 'job_not_found' });
  });
});
