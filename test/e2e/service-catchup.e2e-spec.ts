import { beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '../support/wait-for.js';
import { expectProblem } from './support/problems.js';
import type { Execution, Job, Schedule } from './support/resources.js';
import { bodyOf, targetPath, useRunningService } from './support/running-service.js';

const MISSED = 4;

interface ResumePlan {
  readonly dryRun: true;
  readonly wouldRun: number;
  readonly wouldNotRun: readonly object[];
  readonly nextRunAt: string | null;
}

interface PausedSchedule {
  readonly job: Job;
  readonly schedule: Schedule;
  /** The instants of the pause, oldest first. */
  readonly instants: readonly string[];
}

const service = useRunningService();

const planResume = async ({ id }: Schedule, catchup: string): Promise<ResumePlan> =>
  bodyOf(200, await service.api.post<ResumePlan>(`/schedules/${id}/resume`, { catchup, dryRun: true }));

/** A schedule whose instants have all passed while it was paused. */
async function pausedThrough(): Promise<PausedSchedule> {
  const job = await service.createJob();
  // By then it is paused, on a busy machine too.
  const first = Date.now() + 4_000;
  const instants = Array.from({ length: MISSED }, (_, k) => new Date(first + k * 1_000).toISOString());
  const window = { startAt: instants[0], endAt: instants.at(-1) };
  const { id } = await service.createSchedule(job, { type: 'interval', intervalSeconds: 1, ...window });
  const schedule = bodyOf(
    200,
    await service.api.post<Schedule>(`/schedules/${id}/pause`, { reason: 'test' }),
  );
  await waitFor(async () => (await planResume(schedule, 'all')).wouldRun === MISSED, {
    describe: 'all instants of the pause to pass',
  });
  return { job, schedule, instants };
}

/** One for each test, all at once, since each takes as long as its pause. */
const prepared: PausedSchedule[] = [];

beforeAll(async () => {
  prepared.push(...(await Promise.all(Array.from({ length: 6 }, pausedThrough))));
}, 60_000);

function takePaused(): PausedSchedule {
  const paused = prepared.pop();
  if (!paused) throw new Error('prepare one more');
  return paused;
}

/** Everything that history has of the schedule once it is over, oldest first. */
async function historyAfterResume({ job, schedule }: PausedSchedule, catchup: string): Promise<Execution[]> {
  bodyOf(200, await service.api.post(`/schedules/${schedule.id}/resume`, { catchup }));
  const isOver = (executions: Execution[]) => executions.every(({ finishedAt }) => finishedAt !== null);
  return waitFor(async () => {
    const { active, pauseReason } = await service.schedule(schedule.id);
    const executions = await service.executions(`jobId=${job.id}`);
    return !active && pauseReason === 'end_at_passed' && isOver(executions) && executions.reverse();
  });
}

const shortened = ({ scheduledFor, trigger, state, reason, reasonDetail }: Execution): object => ({
  scheduledFor,
  trigger,
  state,
  reason,
  reasonDetail,
});

function rangeOf(instants: readonly (string | undefined)[]): object {
  return { from: instants[0], to: instants.at(-1), count: instants.length };
}

describe('resuming a schedule after a pause', () => {
  it('with catchup none runs nothing of the pause, and records all of it once', async () => {
    const paused = takePaused();
    const { schedule, instants } = paused;
    const range = rangeOf(instants);
    expect(await planResume(schedule, 'none')).toEqual({
      dryRun: true,
      catchup: 'none',
      wouldRun: 0,
      wouldNotRun: [{ state: 'skipped', reason: 'paused', ...range }],
      nextRunAt: null,
    });
    expect((await historyAfterResume(paused, 'none')).map(shortened)).toEqual([
      {
        scheduledFor: instants.at(-1),
        trigger: 'schedule',
        state: 'skipped',
        reason: 'paused',
        reasonDetail: range,
      },
    ]);
    expect(service.target.requestsTo(targetPath(paused.job))).toEqual([]);
  });

  it('with catchup last runs the latest instant, and records the others once', async () => {
    const paused = takePaused();
    const { schedule, instants } = paused;
    const range = rangeOf(instants.slice(0, -1));
    expect(await planResume(schedule, 'last')).toMatchObject({
      wouldRun: 1,
      wouldNotRun: [{ state: 'missed', reason: 'paused', ...range }],
    });
    expect((await historyAfterResume(paused, 'last')).map(shortened)).toEqual([
      {
        scheduledFor: instants.at(-2),
        trigger: 'schedule',
        state: 'missed',
        reason: 'paused',
        reasonDetail: range,
      },
      {
        scheduledFor: instants.at(-1),
        trigger: 'catchup',
        state: 'succeeded',
        reason: null,
        reasonDetail: null,
      },
    ]);
    expect(service.target.requestsTo(targetPath(paused.job))).toHaveLength(1);
  });

  it('with catchup all runs every instant, oldest first and one at a time', async () => {
    const paused = takePaused();
    const { job, schedule, instants } = paused;
    expect(await planResume(schedule, 'all')).toMatchObject({ wouldRun: MISSED, wouldNotRun: [] });
    const executions = await historyAfterResume(paused, 'all');
    expect(executions.map(({ scheduledFor }) => scheduledFor)).toEqual(instants);
    expect(executions.map(({ trigger, state }) => `${trigger} ${state}`)).toEqual(
      instants.map(() => 'catchup succeeded'),
    );
    const called = service.target.requestsTo(targetPath(job));
    expect(called.map(({ headers }) => headers['x-scheduler-scheduled-for'])).toEqual(instants);
    expect(await service.schedule(schedule.id)).toMatchObject({
      runCount: MISSED,
      lastRunAt: instants.at(-1),
    });
  });

  it('with catchup all keeps to maxCatchup: the newest run, the older ones are recorded', async () => {
    const paused = takePaused();
    const { schedule, instants } = paused;
    bodyOf(200, await service.api.patch(`/schedules/${schedule.id}`, { maxCatchup: 2 }));
    const executions = await historyAfterResume(paused, 'all');
    expect(executions.map(({ state, reason }) => ({ state, reason }))).toEqual([
      { state: 'missed', reason: 'catchup_cap' },
      { state: 'succeeded', reason: null },
      { state: 'succeeded', reason: null },
    ]);
    expect(executions[0]?.reasonDetail).toEqual(rangeOf(instants.slice(0, 2)));
  });

  it('as a dry run changes nothing', async () => {
    const { schedule } = takePaused();
    for (const catchup of ['none', 'last', 'all']) await planResume(schedule, catchup);
    expect(await service.schedule(schedule.id)).toEqual(schedule);
  });

  it('that is over is refused', async () => {
    const paused = takePaused();
    await historyAfterResume(paused, 'none');
    const answer = await service.api.post(`/schedules/${paused.schedule.id}/resume`);
    expectProblem(answer, { status: 409, code: 'schedule_finished' });
  });

  it('with nothing missed goes on with the next instant', async () => {
    const job = await service.createJob();
    const { id } = await service.createSchedule(job, { type: 'interval', intervalSeconds: 1 });
    await service.target.waitForRequests(targetPath(job), 1);
    bodyOf(200, await service.api.post(`/schedules/${id}/pause`));
    const before = service.target.requestsTo(targetPath(job)).length;
    const resumed = bodyOf(200, await service.api.post<Schedule>(`/schedules/${id}/resume`));
    expect(resumed).toMatchObject({ active: true, nextRunAt: expect.any(String) });
    await service.target.waitForRequests(targetPath(job), before + 1);
    bodyOf(204, await service.api.delete(`/schedules/${id}`));
  });
});
