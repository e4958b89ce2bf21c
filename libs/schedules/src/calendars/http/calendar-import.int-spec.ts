import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Answer, type SchedulesApp, startSchedulesApp } from '../../testing/schedules-app.js';
import { IMPORT_EXAMPLES } from './calendar-examples.js';

let app: SchedulesApp;
let made = 0;

beforeAll(async () => {
  app = await startSchedulesApp();
});

afterAll(() => app?.close());

async function create(changes: object = {}): Promise<{ path: string }> {
  const { status, headers } = await app.call('POST', '/calendars', {
    name: `calendar ${++made}`,
    ...changes,
  });
  expect(status).toBe(201);
  return { path: headers.get('Location') ?? '' };
}

function expectProblem({ status, headers, body }: Answer, expected: { status: number; code: string }): void {
  expect({ status, code: body?.code }).toEqual(expected);
  expect(headers.get('Content-Type')).toMatch(/^application\/problem\+json/);
}

describe('POST /calendars/{calendarId}/import', () => {
  const ical = (...days: string[]) =>
    [
      'BEGIN:VCALENDAR',
      ...days.flatMap((day) => ['BEGIN:VEVENT', `DTSTART;VALUE=DATE:${day}`, 'END:VEVENT']),
      'END:VCALENDAR',
    ].join('\r\n');

  it('adds the events, or replaces what was there', async () => {
    const { path } = await create({ excludedDates: ['2026-01-01'], excludedWeekdays: [0] });
    const added = await app.call('POST', `${path}/import`, { ical: ical('20261225', '20260101') });
    expect(added).toMatchObject({
      status: 200,
      body: { excludedDates: ['2026-01-01', '2026-12-25'], excludedWeekdays: [0], version: 2 },
    });
    const replaced = await app.call('POST', `${path}/import`, { ical: ical('20270101'), mode: 'replace' });
    expect(replaced.body).toMatchObject({
      excludedDates: ['2027-01-01'],
      excludedWeekdays: [0],
      version: 3,
    });
  });

  it.each(Object.keys(IMPORT_EXAMPLES))('takes the example "%s" as it stands', async (name) => {
    const { path } = await create();
    const { status, body } = await app.call('POST', `${path}/import`, IMPORT_EXAMPLES[name]?.value);
    expect(status).toBe(200);
    expect(body?.excludedDates).toHaveLength(5);
  });

  it.each([
    ['what is no iCalendar', { ical: 'hello' }, '/ical', 'invalid_ical'],
    ['nothing', {}, '/ical', 'required'],
    ['an unknown mode', { ical: 'x', mode: 'merge' }, '/mode', 'is_in'],
  ])('refuses %s and changes nothing', async (_what, body, pointer, code) => {
    const { path } = await create();
    const answer = await app.call('POST', `${path}/import`, body);
    expectProblem(answer, { status: 400, code: 'validation_failed' });
    expect(answer.body?.errors).toMatchObject([{ pointer, code }]);
    expect((await app.call('GET', path)).body?.version).toBe(1);
  });

  const ENDLESS = [
    'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nDTSTART;VALUE=DATE:20260101',
    'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30\r\nEND:VEVENT\r\nEND:VCALENDAR',
  ].join('\r\n');

  it('keeps nobody waiting while it reads, not even who changes the calendar', async () => {
    const { path } = await create();
    let [isRead, served] = [false, 0];
    const reading = app.call('POST', `${path}/import`, { ical: ENDLESS }).finally(() => (isRead = true));
    while (!isRead) {
      const { status } = await app.call('PATCH', path, { excludedWeekdays: [served++ % 7] });
      expect(status).toBe(200);
    }
    expect((await reading).body?.errors).toMatchObject([{ pointer: '/ical', code: 'invalid_ical' }]);
    expect(served).toBeGreaterThan(5);
  });

  it('reads one file of a service at a time, three more wait, and none is read for a zone that is no longer', async () => {
    const { path } = await create();
    const files = [ENDLESS, ...Array.from({ length: 6 }, () => ical('20261225'))];
    const answers = files.map((text) => app.call('POST', `${path}/import`, { ical: text }));
    const refused = await Promise.race(answers);
    expectProblem(refused, { status: 429, code: 'too_many_imports' });
    expect(refused.headers.get('Retry-After')).toBe('1');
    await app.call('PATCH', path, { timezone: 'Asia/Tokyo' });
    const codes = (await Promise.all(answers)).map(({ body }) => body?.code);
    expect(codes.sort()).toEqual([
      ...Array<string>(3).fill('calendar_changed'),
      ...Array<string>(3).fill('too_many_imports'),
      'validation_failed',
    ]);
  });

  it('refuses more than a calendar holds', async () => {
    const days = Array.from({ length: 5_000 }, (_, day) => new Date(day * 86_400_000).toISOString());
    const { path } = await create({ excludedDates: days.map((day) => day.slice(0, 10)) });
    const answer = await app.call('POST', `${path}/import`, { ical: ical('20991225') });
    expect(answer.body?.errors).toMatchObject([{ pointer: '/ical', code: 'too_many_entries' }]);
  });
});
