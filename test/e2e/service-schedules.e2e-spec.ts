import { beforeAll, describe, expect, it } from '@jest/globals';
import { expectProblem, pointersOf } from './support/problems.js';
import {
  INSTANT,
  type Job,
  type Schedule,
  SCHEDULE_KEYS,
  sortedKeysOf,
  UNKNOWN_ID,
  UUID_V7,
} from './support/resources.js';
import { bodyOf, useRunningService } from './support/running-service.js';

interface Preview {
  readonly description: string;
  readonly fireTimes: readonly { readonly utc: string; readonly local: string; readonly offset: string }[];
  readonly warnings: readonly { readonly code: string; readonly message: string; readonly at?: string }[];
}

const DAILY = { type: 'cron', cronExpression: '30 9 * * *', timezone: 'Europe/Berlin' };
const HOURLY = { type: 'interval', intervalSeconds: 3_600 };

const service = useRunningService();
let job: Job;
const create = (definition: object = DAILY) => service.createSchedule(job, definition);

beforeAll(async () => {
  job = await service.createJob();
});

describe('POST /jobs/{jobId}/schedules', () => {
  it('answers 201 with where the schedule is, its ETag, and all of it with its defaults', async () => {
    const { status, headers, body } = await service.api.post<Schedule>(`/jobs/${job.id}/schedules`, DAILY);
    expect(status).toBe(201);
    expect(headers.get('Location')).toBe(`/schedules/${body.id}`);
    expect(headers.get('ETag')).toBe('"1"');
    expect(sortedKeysOf(body)).toEqual([...SCHEDULE_KEYS].sort());
    expect(body).toEqual({
      id: expect.stringMatching(UUID_V7),
      jobId: job.id,
      ...DAILY,
      intervalSeconds: null,
      runAt: null,
      startAt: null,
      endAt: null,
      parameters: {},
      jitterSeconds: 0,
      overlapPolicy: 'skip',
      misfirePolicy: 'fire_once',
      misfireGraceSeconds: 60,
      catchupWindowSeconds: 86_400,
      maxCatchup: 100,
      dstGap: 'next_valid',
      dstOverlap: 'first',
      maxRuns: null,
      calendars: [],
      active: true,
      pauseReason: null,
      nextRunAt: expect.stringMatching(INSTANT),
      lastRunAt: null,
      runCount: 0,
      version: 1,
      createdAt: expect.stringMatching(INSTANT),
      updatedAt: expect.stringMatching(INSTANT),
    });
    expect(bodyOf(200, await service.api.get(`/schedules/${body.id}`))).toEqual(body);
  });

  it('keeps every policy that it was given', async () => {
    const definition = {
      ...HOURLY,
      startAt: '2031-01-01T00:00:00.250Z',
      endAt: '2032-01-01T00:00:00.000Z',
      timezone: 'Asia/Kolkata',
      parameters: { a: { b: [1] } },
      jitterSeconds: 30,
      overlapPolicy: 'buffer_one',
      misfirePolicy: 'fire_all',
      misfireGraceSeconds: 0,
      catchupWindowSeconds: 60,
      maxCatchup: 5,
      dstGap: 'skip',
      dstOverlap: 'both',
      maxRuns: 7,
    };
    expect(await create(definition)).toMatchObject({ ...definition, nextRunAt: definition.startAt });
  });

  it('writes times in UTC with milliseconds, whatever offset they came with', async () => {
    const schedule = await create({ type: 'one_time', runAt: '2031-01-01T05:30:00+05:30' });
    expect(schedule).toMatchObject({
      runAt: '2031-01-01T00:00:00.000Z',
      nextRunAt: '2031-01-01T00:00:00.000Z',
    });
  });

  it('makes one schedule of two requests with one Idempotency-Key', async () => {
    const post = () =>
      service.api.post<Schedule>(`/jobs/${job.id}/schedules`, HOURLY, { 'Idempotency-Key': 'schedule-once' });
    const [first, again] = [await post(), await post()];
    expect(bodyOf(201, again)).toEqual(bodyOf(201, first));
    expect(again.headers.get('Idempotent-Replayed')).toBe('true');
  });
});

describe('PUT, PATCH and DELETE /schedules/{scheduleId}', () => {
  it('PUT replaces the schedule: what is left out takes its default', async () => {
    const { id } = await create({ ...DAILY, maxRuns: 3, overlapPolicy: 'allow' });
    const answer = await service.api.put(`/schedules/${id}`, HOURLY, { 'If-Match': '"1"' });
    expect(bodyOf(200, answer)).toMatchObject({
      ...HOURLY,
      id,
      cronExpression: null,
      timezone: 'UTC',
      maxRuns: null,
      overlapPolicy: 'skip',
      version: 2,
    });
    expect(answer.headers.get('ETag')).toBe('"2"');
  });

  it('PATCH merges, and leaves the clock alone when the timing stays', async () => {
    const { id, nextRunAt } = await create({ ...HOURLY, parameters: { a: 1, b: 2 } });
    const patch = { parameters: { a: null }, maxRuns: 9 };
    expect(bodyOf(200, await service.api.patch(`/schedules/${id}`, patch))).toMatchObject({
      ...HOURLY,
      parameters: { b: 2 },
      maxRuns: 9,
      nextRunAt,
      version: 2,
    });
  });

  it('PATCH with new timing counts from now', async () => {
    const { id, nextRunAt } = await create();
    const patched = bodyOf(
      200,
      await service.api.patch<Schedule>(`/schedules/${id}`, { timezone: 'Asia/Tokyo' }),
    );
    expect(patched.nextRunAt).not.toBe(nextRunAt);
    expect(new Date(patched.nextRunAt ?? '').getUTCHours()).toBe(0);
  });

  it('DELETE answers 204, and then there is no such schedule', async () => {
    const { id } = await create();
    expect((await service.api.delete(`/schedules/${id}`)).status).toBe(204);
    expectProblem(await service.api.get(`/schedules/${id}`), { status: 404, code: 'schedule_not_found' });
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('%s with a stale If-Match changes nothing', async (method) => {
    const { id } = await create();
    const current = bodyOf(200, await service.api.patch(`/schedules/${id}`, { maxRuns: 5 }));
    const body = method === 'DELETE' ? undefined : DAILY;
    const answer = await service.api.call(method, `/schedules/${id}`, body, { 'If-Match': '"1"' });
    expect(answer.status).toBe(412);
    expect(bodyOf(200, await service.api.get(`/schedules/${id}`))).toEqual(current);
  });

  it('answers 404 for an id that no schedule has, also when it is not a UUID', async () => {
    const calls = [
      ['GET', ''],
      ['PUT', ''],
      ['PATCH', ''],
      ['DELETE', ''],
      ['POST', '/pause'],
      ['POST', '/resume'],
      ['GET', '/preview'],
    ];
    for (const [method = '', action = ''] of calls) {
      for (const id of [UNKNOWN_ID, 'not-a-uuid']) {
        const body = method === 'PUT' || method === 'PATCH' ? DAILY : undefined;
        const answer = await service.api.call(method, `/schedules/${id}${action}`, body);
        expectProblem(answer, { status: 404, code: 'schedule_not_found' });
      }
    }
  });
});

describe('GET /jobs/{jobId}/schedules', () => {
  it('pages newest first and narrows by type and activity', async () => {
    const owner = await service.createJob();
    const ids: string[] = [];
    for (const definition of [DAILY, HOURLY, DAILY, HOURLY, DAILY]) {
      ids.unshift((await service.createSchedule(owner, definition)).id);
    }
    await service.api.post(`/schedules/${ids[0]}/pause`);
    const found = async (query: string) => {
      const pages = await service.api.pages<Schedule>(`/jobs/${owner.id}/schedules?${query}`);
      return pages.map(({ items }) => items.map(({ id }) => id));
    };
    expect(await found('limit=2')).toEqual([ids.slice(0, 2), ids.slice(2, 4), ids.slice(4)]);
    expect(await found('active=false')).toEqual([[ids[0]]]);
    expect(await found('type=interval')).toEqual([[ids[1], ids[3]]]);
    expect(await found('type=cron&active=true&limit=1')).toEqual([[ids[2]], [ids[4]]]);
  });
});

describe('POST /schedules/{scheduleId}/pause and /resume', () => {
  it('take the schedule off the clock with a reason, and put it back', async () => {
    const { id, nextRunAt } = await create();
    const paused = await service.api.post(`/schedules/${id}/pause`, { reason: 'maintenance' });
    expect(bodyOf(200, paused)).toMatchObject({
      active: false,
      pauseReason: 'maintenance',
      nextRunAt: null,
      version: 2,
    });
    expect(paused.headers.get('ETag')).toBe('"2"');
    const resumed = bodyOf(200, await service.api.post(`/schedules/${id}/resume`, {}));
    expect(resumed).toMatchObject({ active: true, pauseReason: null, nextRunAt, version: 3 });
  });

  it('take no body at all, and do nothing the second time', async () => {
    const { id } = await create();
    const paused = bodyOf(200, await service.api.post<Schedule>(`/schedules/${id}/pause`));
    expect(paused.pauseReason).not.toBeNull();
    expect(bodyOf(200, await service.api.post(`/schedules/${id}/pause`, { reason: 'again' }))).toEqual(
      paused,
    );
    const resumed = bodyOf(200, await service.api.post(`/schedules/${id}/resume`));
    expect(bodyOf(200, await service.api.post(`/schedules/${id}/resume`))).toEqual(resumed);
  });
});

describe('preview', () => {
  const preview = (body: object) => service.api.post<Preview>('/schedules/preview', body);

  it('shows local times and offsets across a clock change, and warns of it', async () => {
    const asked = {
      type: 'cron',
      cronExpression: '30 2 * * *',
      timezone: 'America/New_York',
      from: '2027-03-12T12:00:00Z',
      count: 3,
    };
    const { description, fireTimes, warnings } = bodyOf(200, await preview(asked));
    expect(description).toContain('America/New_York');
    expect(fireTimes).toEqual([
      { utc: '2027-03-13T07:30:00.000Z', local: '2027-03-13T02:30:00', offset: '-05:00' },
      { utc: '2027-03-14T07:00:00.000Z', local: '2027-03-14T03:00:00', offset: '-04:00' },
      { utc: '2027-03-15T06:30:00.000Z', local: '2027-03-15T02:30:00', offset: '-04:00' },
    ]);
    expect(warnings.map(({ code }) => code)).toContain('dst_gap');
  });

  it('warns that two day fields mean or', async () => {
    const { warnings } = bodyOf(200, await preview({ type: 'cron', cronExpression: '0 0 13 * FRI' }));
    expect(warnings.map(({ code }) => code)).toContain('dom_or_dow');
  });

  it('keeps to startAt and endAt, and shows an interval to the millisecond', async () => {
    const window = { startAt: '2031-01-01T00:00:00.500Z', endAt: '2031-01-01T00:00:02.500Z' };
    const { fireTimes } = bodyOf(200, await preview({ type: 'interval', intervalSeconds: 1, ...window }));
    expect(fireTimes.map(({ utc }) => utc)).toEqual([
      '2031-01-01T00:00:00.500Z',
      '2031-01-01T00:00:01.500Z',
      '2031-01-01T00:00:02.500Z',
    ]);
  });

  it('shows the only instant of a one-time schedule', async () => {
    const { fireTimes } = bodyOf(200, await preview({ type: 'one_time', runAt: '2031-07-01T10:00:00Z' }));
    expect(fireTimes.map(({ utc }) => utc)).toEqual(['2031-07-01T10:00:00.000Z']);
  });

  it('ends with the year 9999, the last one that RFC 3339 can write', async () => {
    const last = { type: 'cron', cronExpression: '59 * * * *', from: '9999-12-31T21:59:00Z', count: 5 };
    const { fireTimes } = bodyOf(200, await preview(last));
    expect(fireTimes.map(({ utc }) => utc)).toEqual(['9999-12-31T22:59:00.000Z', '9999-12-31T23:59:00.000Z']);
  });

  it('stores nothing', async () => {
    const before = await service.api.pages('/schedules?limit=200');
    bodyOf(200, await preview(DAILY));
    expect(await service.api.pages('/schedules?limit=200')).toEqual(before);
  });

  it('of a stored schedule begins with its nextRunAt and shows as many as asked for', async () => {
    const { id, nextRunAt } = await create({ ...DAILY, cronExpression: '*/7 * * * *' });
    const stored = bodyOf(200, await service.api.get<Preview>(`/schedules/${id}/preview?count=4`));
    expect(stored.fireTimes).toHaveLength(4);
    expect(stored.fireTimes[0]?.utc).toBe(nextRunAt);
  });

  it.each([
    ['count=0', '/count'],
    ['count=1001', '/count'],
    ['count=ten', '/count'],
    ['from=2031-01-01', '/from'],
  ])('of a stored schedule refuses ?%s', async (query, pointer) => {
    const { id } = await create();
    const answer = await service.api.get(`/schedules/${id}/preview?${query}`);
    expect(answer.status).toBe(400);
    expect(pointersOf(answer.body)).toEqual([pointer]);
  });
});
