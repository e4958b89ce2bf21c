import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, type SchedulesApp, startSchedulesApp } from '../../testing/schedules-app.js';
import { CALENDAR_EXAMPLES, CALENDAR_PATCH_EXAMPLES } from './calendar-examples.js';

const STRANGER = '/calendars/01981b5e-7c00-7000-8000-0123456789ab';
const FIELDS = [
  'id',
  'service',
  'name',
  'timezone',
  'excludedDates',
  'excludedWeekdays',
  'excludedWindows',
  'version',
  'createdAt',
  'updatedAt',
];
const DAILY = { type: 'cron', cronExpression: '0 9 * * *', timezone: 'Europe/Berlin' };

let app: SchedulesApp;
let made = 0;

beforeAll(async () => {
  app = await startSchedulesApp();
});

afterAll(() => app?.close());

const bodyOf = (changes: object = {}) => ({ name: `calendar ${++made}`, ...changes });

async function create(changes?: object): Promise<{ path: string; name: string }> {
  const body = bodyOf(changes);
  const { status, headers } = await app.call('POST', '/calendars', body);
  expect(status).toBe(201);
  return { path: headers.get('Location') ?? '', name: body.name };
}

async function createSchedule(calendars: string[]): Promise<Answer> {
  const { id } = await app.createJob();
  return app.call('POST', `/jobs/${id}/schedules`, { ...DAILY, calendars });
}

function expectProblem({ status, headers, body }: Answer, expected: { status: number; code: string }): void {
  expect({ status, code: body?.code }).toEqual(expected);
  expect(headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
}

describe('POST /calendars', () => {
  it('answers 201 with Location, ETag and exactly the fields of a calendar', async () => {
    const { status, headers, body } = await app.call('POST', '/calendars', bodyOf());
    expect(status).toBe(201);
    expect(Object.keys(body ?? {})).toEqual(FIELDS);
    expect(headers.get('Location')).toBe(`/calendars/${String(body?.id)}`);
    expect(headers.get('ETag')).toBe('"1"');
    expect(body).toMatchObject({ service: 'default', timezone: 'UTC', excludedDates: [], version: 1 });
    expect((await app.call('GET', `/calendars/${String(body?.id)}`)).body).toEqual(body);
  });

  it.each(Object.keys(CALENDAR_EXAMPLES))('takes the example "%s" as it stands', async (name) => {
    expect((await app.call('POST', '/calendars', CALENDAR_EXAMPLES[name]?.value)).status).toBe(201);
  });

  it('writes sets the same way, whatever their order', async () => {
    const { path } = await create({
      excludedDates: ['2026-12-26', '2026-12-25', '2026-12-26'],
      excludedWeekdays: [7, 'sat', 0, 'MON'],
      excludedWindows: [
        { from: '2026-07-01T00:00:00+02:00', to: '2026-07-02T00:00:00Z' },
        { from: '2026-06-01T00:00:00Z', to: '2026-06-02T00:00:00Z' },
      ],
    });
    expect((await app.call('GET', path)).body).toMatchObject({
      excludedDates: ['2026-12-25', '2026-12-26'],
      excludedWeekdays: [0, 1, 6],
      excludedWindows: [
        { from: '2026-06-01T00:00:00.000Z', to: '2026-06-02T00:00:00.000Z' },
        { from: '2026-06-30T22:00:00.000Z', to: '2026-07-02T00:00:00.000Z' },
      ],
    });
  });

  it('takes as many windows as a calendar may have', async () => {
    const at = (hours: number) => new Date(hours * 3_600_000).toISOString();
    const windows = Array.from({ length: 5_000 }, (_, day) => ({ from: at(24 * day), to: at(24 * day + 1) }));
    const answer = await app.call('POST', '/calendars', bodyOf({ excludedWindows: windows }));
    expect(answer.status).toBe(201);
    expect(answer.body?.excludedWindows).toHaveLength(5_000);
  });

  const noon = '2026-06-01T12:00:00Z';
  it.each([
    ['no name', { name: undefined }, '/name'],
    ['an empty name', { name: '' }, '/name'],
    ['a zone that is none', { timezone: 'Berlin' }, '/timezone'],
    ['a day that is none', { excludedDates: ['2026-02-30'] }, '/excludedDates'],
    ['a time for a day', { excludedDates: [noon] }, '/excludedDates'],
    ['a weekday that is none', { excludedWeekdays: [8] }, '/excludedWeekdays'],
    ['an unknown name of a weekday', { excludedWeekdays: ['funday'] }, '/excludedWeekdays'],
    ['more weekdays than a week has', { excludedWeekdays: Array(9).fill(1) }, '/excludedWeekdays'],
    ['an empty window', { excludedWindows: [{ from: noon, to: noon }] }, '/excludedWindows/0/to'],
    [
      'a local time',
      { excludedWindows: [{ from: '2026-06-01T02:00:00', to: noon }] },
      '/excludedWindows/0/from',
    ],
    ['half a window', { excludedWindows: [{ from: noon }] }, '/excludedWindows/0/to'],
    ['an unknown field', { excludeddates: [] }, '/excludeddates'],
  ])('refuses %s', async (_what, changes, pointer) => {
    const answer = await app.call('POST', '/calendars', bodyOf(changes));
    expectProblem(answer, { status: 400, code: 'validation_failed' });
    expect(answer.body?.errors).toMatchObject([{ pointer }]);
  });

  it('refuses a taken name, naming the field', async () => {
    const { name } = await create();
    const second = await app.call('POST', '/calendars', { name });
    expectProblem(second, { status: 409, code: 'calendar_name_taken' });
    expect(second.body?.errors).toMatchObject([{ pointer: '/name' }]);
  });
});

describe('GET /calendars', () => {
  it('pages, newest first, and finds by part of the name', async () => {
    const names = await Promise.all(
      ['Büro', 'büroschluss', '100%'].map(async (name) => (await create({ name })).name),
    );
    const first = await app.call('GET', '/calendars?limit=1&q=B%C3%9CRO');
    const second = await app.call(
      'GET',
      `/calendars?limit=5&q=b%C3%BCro&cursor=${String(first.body?.nextCursor)}`,
    );
    const found = [first, second].flatMap(({ body }) => body?.items as { name: string }[]);
    expect(found.map(({ name }) => name).sort()).toEqual(names.slice(0, 2).sort());
    const { body } = await app.call('GET', '/calendars?q=%25');
    expect(body).toMatchObject({ items: [{ name: '100%' }], nextCursor: null });
  });
});

describe('PUT, PATCH and DELETE /calendars/{calendarId}', () => {
  it('replaces the whole: what is left out takes its default', async () => {
    const { path, name } = await create({ excludedWeekdays: [0], timezone: 'Asia/Tokyo' });
    const { status, headers, body } = await app.call('PUT', path, { name, excludedDates: ['2026-01-01'] });
    expect({ status, etag: headers.get('ETag') }).toEqual({ status: 200, etag: '"2"' });
    expect(body).toMatchObject({
      timezone: 'UTC',
      excludedWeekdays: [],
      excludedDates: ['2026-01-01'],
      version: 2,
    });
  });

  it.each(Object.keys(CALENDAR_PATCH_EXAMPLES))('takes the patch "%s" as it stands', async (name) => {
    const { path } = await create({ excludedDates: ['2026-01-01'] });
    const { status, body } = await app.call('PATCH', path, CALENDAR_PATCH_EXAMPLES[name]?.value);
    expect(status).toBe(200);
    expect(body).toMatchObject({ excludedDates: ['2026-01-01'], version: 2 });
  });

  it('writes nothing when nothing changes', async () => {
    const { path, name } = await create({ excludedWeekdays: [0, 6] });
    const { body } = await app.call('PUT', path, { name, excludedWeekdays: ['SAT', 7] });
    expect(body?.version).toBe(1);
    expect((await app.call('PUT', path, body)).body).toEqual(body);
  });

  it('refuses a version that is no longer', async () => {
    const { path } = await create();
    await app.call('PATCH', path, { excludedWeekdays: [1] });
    const headers = { 'If-Match': '"1"' };
    const stale = await app.call('PATCH', path, { excludedWeekdays: [2] }, headers);
    expectProblem(stale, { status: 412, code: 'stale_version' });
    expectProblem(await app.call('DELETE', path, undefined, headers), {
      status: 412,
      code: 'stale_version',
    });
  });

  it('deletes', async () => {
    const { path } = await create();
    expect((await app.call('DELETE', path)).status).toBe(204);
    expectProblem(await app.call('GET', path), { status: 404, code: 'calendar_not_found' });
  });

  it.each([
    ['GET', STRANGER],
    ['DELETE', STRANGER],
    ['GET', '/calendars/not-an-id'],
  ])('%s %s is 404', async (method, path) => {
    expectProblem(await app.call(method, path), { status: 404, code: 'calendar_not_found' });
  });
});

describe('a calendar that schedules name', () => {
  it('is neither deleted nor renamed, and five of the schedules are named', async () => {
    const { path, name } = await create();
    const schedules = await Promise.all(Array.from({ length: 6 }, () => createSchedule([name])));
    const ids = schedules.map(({ body }) => String(body?.id));

    for (const refused of [
      await app.call('DELETE', path),
      await app.call('PATCH', path, { name: `${name}!` }),
    ]) {
      expectProblem(refused, { status: 409, code: 'calendar_in_use' });
      expect(ids.filter((id) => String(refused.body?.detail).includes(id))).toHaveLength(5);
    }
    expect((await app.call('PATCH', path, { excludedWeekdays: [0] })).status).toBe(200);

    await Promise.all(ids.map((id) => app.call('PATCH', `/schedules/${id}`, { calendars: [] })));
    expect((await app.call('DELETE', path)).status).toBe(204);
  });

  it('must exist: otherwise the schedule is refused, at the name that is wrong', async () => {
    const { name } = await create();
    const expected = [{ pointer: '/calendars/1', code: 'unknown_calendar' }];
    const refused = await createSchedule([name, 'nowhere']);
    expectProblem(refused, { status: 400, code: 'validation_failed' });
    expect(refused.body?.errors).toMatchObject(expected);

    const { body } = await createSchedule([name]);
    const patched = await app.call('PATCH', `/schedules/${String(body?.id)}`, {
      calendars: [name, 'nowhere'],
    });
    expect(patched).toMatchObject({ status: 400, body: { errors: expected } });
  });

  it('keeps its excluded instants out of the preview', async () => {
    const { name } = await create({ timezone: 'Europe/Berlin', excludedWeekdays: [1, 2, 3, 4, 5] });
    const { body } = await createSchedule([name]);
    const preview = await app.call('GET', `/schedules/${String(body?.id)}/preview?count=4`);
    const days = (preview.body?.fireTimes as { local: string }[]).map(({ local }) => {
      return new Date(`${local}Z`).getUTCDay();
    });
    expect(days.sort()).toEqual([0, 0, 6, 6]);
    expect(JSON.stringify(preview.body?.warnings)).not.toContain('calendar_excludes_all');
  });

  it('says in the preview when it excludes all there is', async () => {
    const { name } = await create({ excludedWeekdays: [0, 1, 2, 3, 4, 5, 6] });
    const { body } = await createSchedule([name]);
    const preview = await app.call('GET', `/schedules/${String(body?.id)}/preview`);
    expect(preview.body).toMatchObject({ fireTimes: [] });
    expect(preview.body?.warnings).toContainEqual({
      code: 'calendar_excludes_all',
      message: expect.stringContaining(`calendar ${name}`),
    });
  });
});
