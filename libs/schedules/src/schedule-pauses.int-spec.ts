import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { definitionOf } from './schedule-definition.js';
import { scheduleOf } from './testing/schedule-of.js';
import { type SchedulesApp, startSchedulesApp } from './testing/schedules-app.js';
import type { Schedule } from './domain/schedule.js';

let app: SchedulesApp;
/** Every minute from 12:00:00 on, created then. */
let schedule: Schedule;

beforeAll(async () => {
  app = await startSchedulesApp();
});

afterAll(() => app?.close());

beforeEach(async () => {
  app.clock.set('2026-06-01T12:00:00Z');
  const job = await app.createJob();
  const everyMinute = definitionOf(scheduleOf({ intervalSeconds: 60 }));
  schedule = await app.schedules.create('default', job.id, everyMinute);
});

const at = (time: string) => new Date(`2026-06-01T${time}Z`);

async function pausedFrom(from: string, to: string): Promise<void> {
  app.clock.set(`2026-06-01T${from}Z`);
  await app.database.query('UPDATE schedules SET next_run_at = $2 WHERE id = $1', [
    schedule.id,
    new Date(Math.ceil((at(from).getTime() + 1) / 60_000) * 60_000),
  ]);
  await app.pauses.pause('default', schedule.id);
  app.clock.set(`2026-06-01T${to}Z`);
}

describe('pause', () => {
  it('takes a schedule off the clock with a reason, once', async () => {
    const paused = await app.pauses.pause('default', schedule.id, 'maintenance');
    expect(paused).toMatchObject({ active: false, pauseReason: 'maintenance', nextRunAt: null, version: 2 });
    expect((await app.pauses.pause('default', schedule.id, 'again')).pauseReason).toBe('maintenance');
  });

  it('remembers instants that were due and not fired yet', async () => {
    app.clock.set('2026-06-01T12:05:30Z');
    expect((await app.pauses.pause('default', schedule.id)).pausedAt).toEqual(at('12:00:59.999'));
  });
});

describe('resume', () => {
  it('goes on with the next instant after a pause that missed none', async () => {
    await pausedFrom('12:10:10', '12:10:50');
    const resumed = await app.pauses.resume('default', schedule.id, 'all');
    expect(resumed).toMatchObject({ active: true, pauseReason: null, pausedAt: null, catchupOverride: null });
    expect(resumed.nextRunAt).toEqual(at('12:11:00'));
  });

  it.each(['none', 'last', 'all'] as const)(
    'leaves what the pause missed to the firer, with %s',
    async (catchup) => {
      await pausedFrom('12:10:10', '12:20:30');
      const resumed = await app.pauses.resume('default', schedule.id, catchup);
      expect(resumed).toMatchObject({ catchupOverride: catchup, nextRunAt: at('12:11:00') });
    },
  );

  it('changes nothing about an active schedule', async () => {
    expect((await app.pauses.resume('default', schedule.id, 'all')).version).toBe(1);
  });

  it('waits for the activation of the job', async () => {
    await pausedFrom('12:10:10', '12:20:30');
    await app.jobs.deactivate('default', schedule.jobId);
    const resumed = await app.pauses.resume('default', schedule.id, 'all');
    expect(resumed).toMatchObject({ active: true, nextRunAt: null, catchupOverride: null });
  });

  it('refuses a finished schedule', async () => {
    const end = {
      scheduleId: schedule.id,
      nextRunAt: null,
      offClock: false,
      lastRunAt: null,
      runs: 0,
      finished: 'completed',
    };
    await app.repository.transaction((tx) => app.repository.advance(tx, [end]));
    await expect(app.pauses.resume('default', schedule.id, 'none')).rejects.toMatchObject({
      kind: 'conflict',
      code: 'schedule_finished',
    });
  });
});

describe('a dry run', () => {
  it.each([
    ['none', 0, ['paused']],
    ['last', 1, ['paused']],
    ['all', 10, []],
  ] as const)('of %s says what would run and changes nothing', async (catchup, runs, reasons) => {
    await pausedFrom('12:10:10', '12:20:30');
    const plan = await app.pauses.planResume('default', schedule.id, catchup);
    const notRun = plan.firings.filter(({ state }) => state !== 'pending');
    expect({ runs: plan.runs, reasons: notRun.map(({ reason }) => reason) }).toEqual({ runs, reasons });
    expect(plan.nextRunAt).toBe(at('12:21:00').getTime());
    expect((await app.schedules.get('default', schedule.id)).active).toBe(false);
  });
});
