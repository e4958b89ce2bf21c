import { describe, expect, it } from '@jest/globals';
import type { RecordedRequest } from '../support/target-server.js';
import { waitFor } from '../support/wait-for.js';
import { type Job, type Schedule, UUID_V7 } from './support/resources.js';
import { bodyOf, targetPath, useRunningService } from './support/running-service.js';

/** Runs that overlap must not hide each other from a test about instants. */
const EACH_SECOND = { type: 'interval', intervalSeconds: 1, overlapPolicy: 'allow' };
const MAX_LATE_MS = 1_000;

const service = useRunningService();

const header = ({ headers }: RecordedRequest, name: string): string => String(headers[name]);
const instantOf = (request: RecordedRequest): number =>
  Date.parse(header(request, 'x-scheduler-scheduled-for'));
const soon = (ms: number): string => new Date(Date.now() + ms).toISOString();

function expectOnTime(requests: readonly RecordedRequest[]): void {
  for (const request of requests) {
    const lateMs = request.arrivedAtMs - instantOf(request);
    expect(lateMs).toBeGreaterThanOrEqual(0);
    expect(lateMs).toBeLessThanOrEqual(MAX_LATE_MS);
  }
}

function expectNoDuplicates(requests: readonly RecordedRequest[]): void {
  const slots = requests.map(
    (request) => `${header(request, 'x-scheduler-schedule-id')} ${instantOf(request)}`,
  );
  expect(slots).toEqual([...new Set(slots)]);
}

function inOrder(requests: readonly RecordedRequest[]): RecordedRequest[] {
  return [...requests].sort((a, b) => instantOf(a) - instantOf(b));
}

async function stopSchedule({ id }: Schedule): Promise<void> {
  bodyOf(204, await service.api.delete(`/schedules/${id}`));
}

function untilInactive({ id }: Schedule): Promise<Schedule> {
  return waitFor(
    async () => {
      const schedule = await service.schedule(id);
      return !schedule.active && schedule;
    },
    { describe: `schedule ${id} to be over` },
  );
}

describe('a target server', () => {
  it('is called at every instant of an interval, counted from startAt, and at no other', async () => {
    const job = await service.createJob();
    const startAt = soon(3_000);
    const schedule = await service.createSchedule(job, { ...EACH_SECOND, startAt });

    await service.target.waitForRequests(targetPath(job), 5);
    await stopSchedule(schedule);

    const requests = inOrder(service.target.requestsTo(targetPath(job)));
    expect(requests.map(instantOf)).toEqual(requests.map((_, k) => Date.parse(startAt) + k * 1_000));
    expectOnTime(requests);
  });

  it('is called at every second that a cron expression of six fields names', async () => {
    const job = await service.createJob();
    const cron = { type: 'cron', cronExpression: '*/2 * * * * *', overlapPolicy: 'allow' };
    const schedule = await service.createSchedule(job, cron);

    await service.target.waitForRequests(targetPath(job), 3);
    await stopSchedule(schedule);

    const requests = inOrder(service.target.requestsTo(targetPath(job)));
    const first = Date.parse(schedule.nextRunAt ?? '');
    expect(first % 2_000).toBe(0);
    expect(requests.map(instantOf)).toEqual(requests.map((_, k) => first + k * 2_000));
    expectOnTime(requests);
  });

  it('is called once by a one-time schedule, which is over then', async () => {
    const job = await service.createJob();
    const runAt = soon(3_000);
    const schedule = await service.createSchedule(job, { type: 'one_time', runAt });

    const requests = await service.target.waitForRequests(targetPath(job), 1);

    expect(requests.map(instantOf)).toEqual([Date.parse(runAt)]);
    expectOnTime(requests);
    expect(await untilInactive(schedule)).toMatchObject({
      pauseReason: 'completed',
      nextRunAt: null,
      lastRunAt: runAt,
      runCount: 1,
    });
  });

  it('gets every header of the contract and the default body', async () => {
    const job = await service.createJob({ parameters: { from: 'job', kept: true }, timeoutMs: 30_000 });
    const schedule = await service.createSchedule(job, {
      type: 'one_time',
      runAt: soon(2_000),
      parameters: { from: 'schedule' },
    });

    const [request] = await service.target.waitForRequests(targetPath(job), 1);
    if (!request) throw new Error('there is a request');

    const id = header(request, 'x-scheduler-execution-id');
    const scheduledFor = schedule.nextRunAt ?? '';
    expect(id).toMatch(UUID_V7);
    expect(request.method).toBe('POST');
    expect(request.headers).toMatchObject({
      'content-type': 'application/json',
      'idempotency-key': `"${id}"`,
      'x-scheduler-job-id': job.id,
      'x-scheduler-schedule-id': schedule.id,
      'x-scheduler-scheduled-for': scheduledFor,
      'x-scheduler-attempt': '1',
      'x-scheduler-max-attempts': '1',
      'x-scheduler-trigger': 'schedule',
    });
    expect(request.headers.traceparent).toMatch(/^00-[\da-f]{32}-[\da-f]{16}-[\da-f]{2}$/);
    const deadline = Date.parse(header(request, 'x-scheduler-deadline'));
    expect(deadline).toBeGreaterThan(request.arrivedAtMs + 28_000);
    expect(deadline).toBeLessThanOrEqual(request.arrivedAtMs + 30_000);
    expect(JSON.parse(request.body)).toEqual({
      jobId: job.id,
      jobName: job.name,
      executionId: id,
      scheduleId: schedule.id,
      scheduledFor,
      attempt: 1,
      parameters: { from: 'schedule', kept: true },
    });
    expect(await service.ended(id)).toMatchObject({
      jobId: job.id,
      scheduleId: schedule.id,
      trigger: 'schedule',
      scheduledFor,
      state: 'succeeded',
      result: { statusCode: 200, output: 'ok', truncated: false },
      error: null,
    });
  });
});

describe('a schedule', () => {
  it('ends with a reason after maxRuns runs', async () => {
    const job = await service.createJob();
    const schedule = await service.createSchedule(job, { ...EACH_SECOND, maxRuns: 2 });
    expect(await untilInactive(schedule)).toMatchObject({
      pauseReason: 'max_runs_reached',
      runCount: 2,
      nextRunAt: null,
    });
    await waitFor(async () => (await service.executions(`jobId=${job.id}&state=succeeded`)).length === 2);
    expect(await service.executions(`jobId=${job.id}`)).toHaveLength(2);
  });

  it('fires from startAt to endAt, both included, and ends with a reason', async () => {
    const job = await service.createJob();
    const [startAt, endAt] = [soon(1_000), soon(3_000)].map((at) => at.replace(/\d{3}Z$/, '250Z'));
    const schedule = await service.createSchedule(job, { ...EACH_SECOND, startAt, endAt });
    expect(await untilInactive(schedule)).toMatchObject({ pauseReason: 'end_at_passed', lastRunAt: endAt });
    const requests = inOrder(await service.target.waitForRequests(targetPath(job), 3));
    const first = Date.parse(startAt ?? '');
    expect(requests.map(instantOf)).toEqual([first, first + 1_000, first + 2_000]);
  });

  it('does not fire while its job is inactive, and makes nothing up afterwards', async () => {
    const [job, witness] = [await service.createJob(), await service.createJob()];
    const schedule = await service.createSchedule(job, EACH_SECOND);
    const clock = await service.createSchedule(witness, EACH_SECOND);
    await service.target.waitForRequests(targetPath(job), 1);

    const deactivated = bodyOf(200, await service.api.post<Job>(`/jobs/${job.id}/deactivate`));
    const offAt = Date.parse(deactivated.updatedAt);
    await untilCalledAfter(witness, offAt + 3_000);
    expect((await service.schedule(schedule.id)).nextRunAt).toBeNull();
    const activated = bodyOf(200, await service.api.post<Job>(`/jobs/${job.id}/activate`));
    const onAt = Date.parse(activated.updatedAt);
    await untilCalledAfter(job, onAt);
    for (const running of [schedule, clock]) await stopSchedule(running);

    const during = (at: number) => at > offAt && at < onAt;
    const requests = service.target.requestsTo(targetPath(job));
    expect(requests.map(instantOf).filter(during)).toEqual([]);
    const recorded = (await service.executions(`jobId=${job.id}`)).filter(({ scheduledFor }) =>
      during(Date.parse(scheduledFor)),
    );
    expect(recorded.filter(({ reason }) => reason !== 'job_inactive')).toEqual([]);
    expect(recorded.length).toBeLessThanOrEqual(1);
  });

  function untilCalledAfter(job: Job, at: number): Promise<boolean> {
    return waitFor(
      () => service.target.requestsTo(targetPath(job)).some((request) => instantOf(request) > at),
      {
        describe: `a run of ${job.name} after ${new Date(at).toISOString()}`,
      },
    );
  }

  it('skips an instant while the run before goes on, naming it', async () => {
    const job = await service.createJob();
    service.target.answer(targetPath(job), { delayMs: 2_500 }, {});
    const schedule = await service.createSchedule(job, { type: 'interval', intervalSeconds: 1 });
    const [blocking] = await service.target.waitForRequests(targetPath(job), 1);
    const [skipped] = await waitFor(async () => {
      const found = await service.executions(`scheduleId=${schedule.id}&state=skipped`);
      return found.length > 0 && found;
    });
    await stopSchedule(schedule);
    expect(skipped).toMatchObject({
      reason: 'overlap',
      reasonDetail: { blockingExecutionId: String(blocking?.headers['x-scheduler-execution-id']) },
      attempt: 0,
      startedAt: null,
    });
  });
});

describe('after all of that', () => {
  it('no target was called twice for one instant of a schedule, and history says the same', async () => {
    const scheduled = service.target.requests.filter(({ headers }) => headers['x-scheduler-schedule-id']);
    expect(scheduled.length).toBeGreaterThan(15);
    expectNoDuplicates(scheduled);
    const history = await service.executions('trigger=schedule');
    const slots = history.map(({ scheduleId, scheduledFor }) => `${scheduleId} ${scheduledFor}`);
    expect(new Set(slots).size).toBe(slots.length);
  });
});
