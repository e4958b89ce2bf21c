import { describe, expect, it } from '@jest/globals';
import { waitFor } from '../support/wait-for.js';
import type { Page } from './support/api-client.js';
import { expectProblem } from './support/problems.js';
import { INSTANT, type Schedule, sortedKeysOf, UNKNOWN_ID, UUID_V7 } from './support/resources.js';
import { bodyOf, targetPath, useRunningService } from './support/running-service.js';

interface Calendar {
  readonly id: string;
  readonly name: string;
  readonly excludedDates: readonly string[];
}

interface Explanation {
  readonly scheduleId: string;
  readonly truncated: boolean;
  readonly instants: readonly {
    readonly scheduledFor: string;
    readonly verdict: string;
    readonly reason: string | null;
    readonly executionId: string | null;
    readonly startDelayMs: number | null;
    readonly delays: Readonly<Record<string, number>> | null;
    readonly message: string;
  }[];
}

const service = useRunningService();

const explain = async ({ id }: Schedule, from: string, to: string): Promise<Explanation> =>
  bodyOf(200, await service.api.get<Explanation>(`/schedules/${id}/explain?from=${from}&to=${to}`));

const createCalendar = async (changes: object = {}): Promise<Calendar> =>
  bodyOf(201, await service.api.post<Calendar>('/calendars', { name: service.newName(), ...changes }));

describe('a schedule with a calendar', () => {
  it('skips the instants that the calendar excludes, and explains each instant', async () => {
    const first = Date.now() + 4_000;
    const [startAt = '', excluded = '', endAt = '', after = ''] = [0, 1, 2, 3].map((k) =>
      new Date(first + k * 1_000).toISOString(),
    );
    const { name } = await createCalendar({ excludedWindows: [{ from: excluded, to: endAt }] });
    const job = await service.createJob();
    const interval = { type: 'interval', intervalSeconds: 1, overlapPolicy: 'allow' };
    const schedule = await service.createSchedule(job, { ...interval, startAt, endAt, calendars: [name] });

    await waitFor(async () => (await service.executions(`jobId=${job.id}&state=succeeded`)).length === 2);

    const called = service.target.requestsTo(targetPath(job));
    expect(called.map(({ headers }) => headers['x-scheduler-scheduled-for'])).toEqual([startAt, endAt]);
    const [skipped] = await service.executions(`jobId=${job.id}&state=skipped`);
    expect(skipped).toMatchObject({
      scheduledFor: excluded,
      reason: 'calendar',
      reasonDetail: { calendar: name },
    });

    const { instants, truncated } = await explain(schedule, startAt, after);
    const history = (await service.executions(`jobId=${job.id}`)).reverse();
    expect(truncated).toBe(false);
    expect(instants.map(({ scheduledFor, verdict, reason }) => [scheduledFor, verdict, reason])).toEqual([
      [startAt, 'ran', null],
      [excluded, 'skipped', 'calendar'],
      [endAt, 'ran', null],
    ]);
    expect(instants.map(({ executionId }) => executionId)).toEqual(history.map(({ id }) => id));
    expect(instants[1]?.message).toContain(name);
    const delays = Object.values(instants[0]?.delays ?? {});
    expect(delays.reduce((sum, ms) => sum + ms, 0)).toBe(instants[0]?.startDelayMs);
  });

  it('is refused when there is no such calendar', async () => {
    const { id } = await service.createJob();
    const schedule = { type: 'interval', intervalSeconds: 60, calendars: ['no-such-calendar'] };
    const answer = await service.api.post(`/jobs/${id}/schedules`, schedule);
    expectProblem(answer, { status: 400, code: 'validation_failed', pointers: ['/calendars/0'] });
  });
});

describe('GET /schedules/{scheduleId}/explain', () => {
  it('says of instants to come that they are upcoming', async () => {
    const job = await service.createJob();
    const schedule = await service.createSchedule(job, { type: 'cron', cronExpression: '0 9 * * *' });
    const { instants } = await explain(schedule, '2031-01-01T00:00:00Z', '2031-01-03T00:00:00Z');
    expect(instants.map(({ scheduledFor, verdict }) => [scheduledFor, verdict])).toEqual([
      ['2031-01-01T09:00:00.000Z', 'upcoming'],
      ['2031-01-02T09:00:00.000Z', 'upcoming'],
    ]);
  });

  it('without a window says also when a schedule fires next, or that it will not', async () => {
    const job = await service.createJob();
    const yearly = { type: 'cron', cronExpression: '0 9 1 1 *' };
    const { id, nextRunAt } = await service.createSchedule(job, yearly);
    const verdicts = async () => {
      const { instants } = bodyOf(200, await service.api.get<Explanation>(`/schedules/${id}/explain`));
      return instants.map(({ scheduledFor, verdict, reason }) => ({ scheduledFor, verdict, reason }));
    };
    expect(await verdicts()).toEqual([{ scheduledFor: nextRunAt, verdict: 'upcoming', reason: null }]);

    bodyOf(200, await service.api.post(`/schedules/${id}/pause`, { reason: 'holidays' }));
    const expected = { scheduledFor: nextRunAt, verdict: 'not_scheduled', reason: 'paused' };
    expect(await verdicts()).toEqual([expected]);
  });

  it.each([
    ['from=2031-01-02T00:00:00Z&to=2031-01-01T00:00:00Z', '/to'],
    ['from=2031-01-01T00:00:00Z&to=2031-03-01T00:00:00Z', '/to'],
    ['from=yesterday', '/from'],
    ['since=2031-01-01T00:00:00Z', '/since'],
  ])('refuses ?%s', async (query, pointer) => {
    const job = await service.createJob();
    const { id } = await service.createSchedule(job, { type: 'interval', intervalSeconds: 60 });
    const answer = await service.api.get(`/schedules/${id}/explain?${query}`);
    expectProblem(answer, { status: 400, code: 'validation_failed', pointers: [pointer] });
  });

  it.each([UNKNOWN_ID, 'not-a-uuid'])('knows no schedule %s', async (id) => {
    const answer = await service.api.get(`/schedules/${id}/explain`);
    expectProblem(answer, { status: 404, code: 'schedule_not_found' });
  });
});

describe('/calendars', () => {
  it('POST answers 201 with where the calendar is, its ETag and all of it', async () => {
    const name = service.newName();
    const { status, headers, body } = await service.api.post<Calendar>('/calendars', { name });
    expect(status).toBe(201);
    expect(headers.get('Location')).toBe(`/calendars/${body.id}`);
    expect(headers.get('ETag')).toBe('"1"');
    expect(body).toEqual({
      id: expect.stringMatching(UUID_V7),
      service: 'default',
      name,
      timezone: 'UTC',
      excludedDates: [],
      excludedWeekdays: [],
      excludedWindows: [],
      version: 1,
      createdAt: expect.stringMatching(INSTANT),
      updatedAt: expect.stringMatching(INSTANT),
    });
    const { items } = bodyOf(200, await service.api.get<Page<Calendar>>('/calendars?limit=1'));
    expect(items).toEqual([body]);
    expect(sortedKeysOf(bodyOf(200, await service.api.get(`/calendars/${body.id}`)))).toEqual(
      sortedKeysOf(body),
    );
  });

  it('PUT replaces, PATCH merges, and a stale If-Match changes nothing', async () => {
    const { id, name } = await createCalendar({ excludedDates: ['2031-12-25'] });
    const patched = await service.api.patch(`/calendars/${id}`, { excludedWeekdays: ['SUN', 6] });
    expect(bodyOf(200, patched)).toMatchObject({ excludedDates: ['2031-12-25'], excludedWeekdays: [0, 6] });
    const stale = await service.api.put(`/calendars/${id}`, { name }, { 'If-Match': '"1"' });
    expect(stale.status).toBe(412);
    const replaced = await service.api.put(`/calendars/${id}`, { name }, { 'If-Match': '"2"' });
    expect(bodyOf(200, replaced)).toMatchObject({ excludedDates: [], excludedWeekdays: [], version: 3 });
  });

  it('DELETE is refused while a schedule names the calendar', async () => {
    const { id, name } = await createCalendar();
    const job = await service.createJob();
    const definition = { type: 'interval', intervalSeconds: 3_600, calendars: [name] };
    const schedule = await service.createSchedule(job, definition);
    expect((await service.api.delete(`/calendars/${id}`)).status).toBe(409);
    bodyOf(204, await service.api.delete(`/schedules/${schedule.id}`));
    bodyOf(204, await service.api.delete(`/calendars/${id}`));
    expect((await service.api.get(`/calendars/${id}`)).status).toBe(404);
  });

  it.each([
    ['a date that the calendar does not have', { excludedDates: ['2031-02-30'] }, '/excludedDates'],
    ['weekday 8', { excludedWeekdays: [8] }, '/excludedWeekdays'],
    ['an unknown zone', { timezone: 'Mars/Base' }, '/timezone'],
    ['no name', { name: undefined }, '/name'],
  ])('POST refuses %s', async (_what, changes, pointer) => {
    const answer = await service.api.post('/calendars', { name: service.newName(), ...changes });
    expectProblem(answer, { status: 400, code: 'validation_failed', pointers: [pointer] });
  });
});
