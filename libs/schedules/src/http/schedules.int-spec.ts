import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Answer, type SchedulesApp, startSchedulesApp } from '../testing/schedules-app.js';
import { SCHEDULE_EXAMPLES, SCHEDULE_PATCH_EXAMPLES } from './schedule-examples.js';

const STRANGER = '01981b5e-7c00-7000-8000-0123456789ab';
const FIELDS = [
  'id',
  'jobId',
  'type',
  'cronExpression',
  'intervalSeconds',
  'runAt',
  'timezone',
  'startAt',
  'endAt',
  'parameters',
  'jitterSeconds',
  'overlapPolicy',
  'misfirePolicy',
  'misfireGraceSeconds',
  'catchupWindowSeconds',
  'maxCatchup',
  'dstGap',
  'dstOverlap',
  'maxRuns',
  'calendars',
  'active',
  'pauseReason',
  'nextRunAt',
  'lastRunAt',
  'runCount',
  'version',
  'createdAt',
  'updatedAt',
];
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

function expectProblem({ status, headers, body }: Answer, expected: { status: number; code: string }): void {
  expect({ status, code: body?.code }).toEqual(expected);
  expect(headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
}

const pointersOf = ({ body }: Answer) =>
  ((body?.errors ?? []) as { pointer: string }[]).map(({ pointer }) => pointer);

describe('POST /jobs/{jobId}/schedules', () => {
  it('answers 201 with Location, ETag and exactly the fields of a schedule', async () => {
    const { status, headers, body } = await app.call('POST', ofJob, DAILY);
    expect(status).toBe(201);
    expect(Object.keys(body ?? {})).toEqual(FIELDS);
    expect(headers.get('Location')).toBe(`/schedules/${String(body?.id)}`);
    expect(headers.get('ETag')).toBe('"1"');
    expect(body).toMatchObject({
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
      lastRunAt: null,
      runCount: 0,
    });
    expect(body?.nextRunAt).toMatch(/^\d{4}-\d\d-\d\dT0[78]:30:00\.000Z$/);
    expect((await app.call('GET', `/schedules/${String(body?.id)}`)).body).toEqual(body);
  });

  it.each(Object.keys(SCHEDULE_EXAMPLES))('takes the example "%s" as it stands', async (name) => {
    expect((await app.call('POST', ofJob, SCHEDULE_EXAMPLES[name]?.value)).status).toBe(201);
  });

  it('takes nulls for fields of other types, and keeps parameters to the letter', async () => {
    const parameters = { toString: 'x', '': [null, 1.5] };
    const path = await create({ ...DAILY, intervalSeconds: null, runAt: null, maxRuns: null, parameters });
    expect((await app.call('GET', path)).body?.parameters).toEqual(parameters);
  });

  it.each([
    ['no type', { type: undefined }, '/type'],
    ['another type', { type: 'hourly' }, '/type'],
    ['no expression', { cronExpression: undefined }, '/cronExpression'],
    ['null for the expression', { cronExpression: null }, '/cronExpression'],
    ['an empty expression', { cronExpression: '' }, '/cronExpression'],
    ['a wrong expression', { cronExpression: '0 9 * *' }, '/cronExpression'],
    ['an expression that never fires', { cronExpression: '0 0 30 2 *' }, '/cronExpression'],
    ["an interval's field", { intervalSeconds: 60 }, '/intervalSeconds'],
    [
      'an interval of no time',
      { type: 'interval', cronExpression: null, intervalSeconds: 0 },
      '/intervalSeconds',
    ],
    ['half a second', { type: 'interval', cronExpression: null, intervalSeconds: 1.5 }, '/intervalSeconds'],
    [
      'a number as text',
      { type: 'interval', cronExpression: null, intervalSeconds: '60' },
      '/intervalSeconds',
    ],
    ['no runAt', { type: 'one_time', cronExpression: null }, '/runAt'],
    [
      'runAt in the past',
      { type: 'one_time', cronExpression: null, runAt: '2020-01-01T00:00:00Z' },
      '/runAt',
    ],
    ['a local time', { startAt: '2030-01-01T00:00:00' }, '/startAt'],
    ['a date', { startAt: '2030-01-01' }, '/startAt'],
    ['an impossible date', { startAt: '2030-02-30T00:00:00Z' }, '/startAt'],
    ['an impossible hour', { startAt: '2030-02-03T24:00:00Z' }, '/startAt'],
    ['a year of five digits in UTC', { startAt: '9999-12-31T23:59:59-01:00' }, '/startAt'],
    ['a start after which no year is left', { startAt: '9999-12-31T23:59:30Z' }, '/startAt'],
    ['an end before the start', { startAt: '2031-01-01T00:00:00Z', endAt: '2030-01-01T00:00:00Z' }, '/endAt'],
    ['an offset for a zone', { timezone: 'UTC+25' }, '/timezone'],
    ['the zone "local"', { timezone: 'local' }, '/timezone'],
    ['null for the zone', { timezone: null }, '/timezone'],
    ['a negative jitter', { jitterSeconds: -1 }, '/jitterSeconds'],
    ['an unknown policy', { overlapPolicy: 'queue' }, '/overlapPolicy'],
    ['maxRuns of none', { maxRuns: 0 }, '/maxRuns'],
    ['a calendar that is not there', { calendars: ['holidays'] }, '/calendars/0'],
    ['parameters that are a list', { parameters: [] }, '/parameters'],
    ['a field that does not exist', { cron: '* * * * *' }, '/cron'],
    ['a field of ours', { nextRunAt: '2030-01-01T00:00:00Z' }, '/nextRunAt'],
  ])('refuses %s, naming the field', async (_what, changes, pointer) => {
    const answer = await app.call('POST', ofJob, { ...DAILY, ...changes });
    expectProblem(answer, { status: 400, code: 'validation_failed' });
    expect(pointersOf(answer)).toEqual([pointer]);
    expect((await app.call('GET', ofJob)).body?.items).toEqual([]);
  });

  it.each([
    ['Berlin', 'Europe/Berlin'],
    ['europe berlin', 'Europe/Berlin'],
    ['Europe/Berln', 'Europe/Berlin'],
    ['New York', 'America/New_York'],
  ])('guesses what was meant by the zone %s', async (timezone, meant) => {
    const { body } = await app.call('POST', ofJob, { ...DAILY, timezone });
    expect(JSON.stringify(body?.errors)).toContain(`did you mean ${meant}?`);
  });

  it.each([STRANGER, 'not-a-uuid'])('knows no job %s', async (id) => {
    const answer = await app.call('POST', `/jobs/${id}/schedules`, DAILY);
    expectProblem(answer, { status: 404, code: 'job_not_found' });
  });
});

describe('the lists', () => {
  it('page through the schedules of a job and narrow them', async () => {
    const paths = [await create(), await create({ type: 'interval', intervalSeconds: 5 }), await create()];
    const first = await app.call('GET', `${ofJob}?limit=2`);
    expect((first.body?.items as { id: string }[]).map(({ id }) => `/schedules/${id}`)).toEqual(
      paths.slice(1).reverse(),
    );
    const next = /<(.*)>; rel="next"/.exec(first.headers.get('Link') ?? '')?.[1] ?? '';
    expect((await app.call('GET', next)).body).toMatchObject({ items: [{ type: 'cron' }], nextCursor: null });
    const intervals = await app.call('GET', `${ofJob}?type=interval&active=true`);
    expect(intervals.body?.items).toHaveLength(1);
    expect((await app.call('GET', `${ofJob}?active=false`)).body?.items).toEqual([]);
  });

  it('list across jobs, and of one', async () => {
    const id = (await create()).replace('/schedules/', '');
    const newest = await app.call('GET', '/schedules?limit=1');
    expect(newest.body?.items).toMatchObject([{ id }]);
    const jobId = ofJob.split('/')[2];
    expect((await app.call('GET', `/schedules?jobId=${jobId}`)).body?.items).toHaveLength(1);
  });

  it.each(['limit=0', 'limit=x', 'active=yes', 'type=hourly', 'cursor=x', 'state=failed', 'jobId=x'])(
    'refuse ?%s',
    async (query) => {
      expectProblem(await app.call('GET', `/schedules?${query}`), {
        status: 400,
        code: 'validation_failed',
      });
    },
  );

  it('know no stranger', async () => {
    const answer = await app.call('GET', `/jobs/${STRANGER}/schedules`);
    expectProblem(answer, { status: 404, code: 'job_not_found' });
  });
});

describe('PUT, PATCH and DELETE /schedules/{scheduleId}', () => {
  it('replaces a schedule, defaults for what is left out', async () => {
    const path = await create({ ...DAILY, maxRuns: 3 });
    const interval = { type: 'interval', intervalSeconds: 60 };
    const { status, headers, body } = await app.call('PUT', path, interval, { 'If-Match': '"1"' });
    expect({ status, etag: headers.get('ETag') }).toEqual({ status: 200, etag: '"2"' });
    expect(body).toMatchObject({ ...interval, cronExpression: null, maxRuns: null, timezone: 'UTC' });
  });

  it.each(['application/json', 'application/merge-patch+json'])('merges a patch sent as %s', async (type) => {
    const path = await create({ ...DAILY, maxRuns: 3, parameters: { a: 1, b: 2 } });
    const patch = { maxRuns: null, parameters: { a: null }, jitterSeconds: 5 };
    const { status, body } = await app.call('PATCH', path, patch, { 'Content-Type': type });
    expect({ status, body }).toMatchObject({
      status: 200,
      body: { ...DAILY, maxRuns: null, parameters: { b: 2 }, jitterSeconds: 5, version: 2 },
    });
  });

  it('changes the type by a patch that says so in full', async () => {
    const path = await create();
    const half = await app.call('PATCH', path, { type: 'interval', intervalSeconds: 60 });
    expect(pointersOf(half)).toEqual(['/cronExpression']);
    const whole = { type: 'interval', intervalSeconds: 60, cronExpression: null };
    expect((await app.call('PATCH', path, whole)).body).toMatchObject(whole);
  });

  it.each(Object.keys(SCHEDULE_PATCH_EXAMPLES))('takes the patch "%s" as it stands', async (name) => {
    const { status } = await app.call('PATCH', await create(), SCHEDULE_PATCH_EXAMPLES[name]?.value);
    expect(status).toBe(200);
  });

  it.each([
    ['a wrong value', { timezone: 'Mars/Base' }, '/timezone'],
    ['a field that does not exist', { cron: 'x' }, '/cron'],
  ])('refuses a patch with %s and keeps what there was', async (_what, patch, pointer) => {
    const path = await create();
    expect(pointersOf(await app.call('PATCH', path, patch))).toEqual([pointer]);
    expect((await app.call('GET', path)).body).toMatchObject({ ...DAILY, version: 1 });
  });

  it('deletes once', async () => {
    const path = await create();
    expect((await app.call('DELETE', path)).status).toBe(204);
    expectProblem(await app.call('DELETE', path), { status: 404, code: 'schedule_not_found' });
  });

  it('is read anew each time, since it moves on while its version stays', async () => {
    const path = await create();
    const { status, headers } = await app.call('GET', path, undefined, { 'If-None-Match': '"1"' });
    expect([status, headers.get('etag'), headers.get('cache-control')]).toEqual([200, '"1"', 'no-store']);
  });

  it.each(['PUT', 'PATCH', 'DELETE'])('%s refuses a stale If-Match', async (method) => {
    const path = await create();
    await app.call('PATCH', path, { maxRuns: 9 });
    const answer = await app.call(method, path, method === 'DELETE' ? undefined : DAILY, {
      'If-Match': '"1"',
    });
    expectProblem(answer, { status: 412, code: 'stale_version' });
  });

  it.each([
    ['GET', ''],
    ['PUT', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/pause'],
    ['POST', '/resume'],
    ['GET', '/preview'],
  ])('%s knows no stranger%s', async (method, action) => {
    for (const id of [STRANGER, 'not-a-uuid']) {
      const body = method === 'PUT' || method === 'PATCH' ? DAILY : undefined;
      const answer = await app.call(method, `/schedules/${id}${action}`, body);
      expectProblem(answer, { status: 404, code: 'schedule_not_found' });
    }
  });
});
