import { describe, expect, it } from '@jest/globals';
import type { Calendar, CalendarRules } from './calendar.js';
import { compileCalendar, exclusionBy } from './exclusion.js';

const calendar = (given: Partial<Calendar>): Pick<Calendar, 'name' | keyof CalendarRules> => ({
  name: 'tested',
  timezone: 'UTC',
  excludedDates: [],
  excludedWeekdays: [],
  excludedWindows: [],
  ...given,
});
const exclusionOf = (...given: Partial<Calendar>[]) =>
  exclusionBy(given.map((one) => compileCalendar(calendar(one))));

describe('dates, in the zone of the calendar', () => {
  it.each([
    // zone                 date          first instant           last instant            length of the day
    ['UTC', '2026-12-25', '2026-12-25T00:00:00.000Z', '2026-12-25T23:59:59.999Z', '24 h'],
    ['Europe/Berlin', '2026-12-25', '2026-12-24T23:00:00.000Z', '2026-12-25T22:59:59.999Z', '24 h'],
    ['Europe/Berlin', '2026-03-29', '2026-03-28T23:00:00.000Z', '2026-03-29T21:59:59.999Z', '23 h'],
    ['Europe/Berlin', '2026-10-25', '2026-10-24T22:00:00.000Z', '2026-10-25T22:59:59.999Z', '25 h'],
    ['America/New_York', '2026-03-08', '2026-03-08T05:00:00.000Z', '2026-03-09T03:59:59.999Z', '23 h'],
    ['America/New_York', '2026-11-01', '2026-11-01T04:00:00.000Z', '2026-11-02T04:59:59.999Z', '25 h'],
    ['Australia/Lord_Howe', '2026-04-05', '2026-04-04T13:00:00.000Z', '2026-04-05T13:29:59.999Z', '24.5 h'],
    ['Asia/Kolkata', '2026-01-26', '2026-01-25T18:30:00.000Z', '2026-01-26T18:29:59.999Z', '24 h'],
    // The clocks go back at midnight: the last hour of Saturday comes twice.
    ['America/Havana', '2026-10-31', '2026-10-31T04:00:00.000Z', '2026-11-01T03:59:59.999Z', '24 h'],
    ['America/Santiago', '2026-04-04', '2026-04-04T03:00:00.000Z', '2026-04-05T03:59:59.999Z', '25 h'],
    // The clocks go forward at midnight: Sunday begins at one.
    ['America/Santiago', '2026-09-06', '2026-09-06T04:00:00.000Z', '2026-09-07T02:59:59.999Z', '23 h'],
  ])('%s %s is from %s to %s (%s)', (timezone, date, first, last) => {
    const { calendarAt } = exclusionOf({ timezone, excludedDates: [date] });
    expect([-1, 0].map((offset) => calendarAt(Date.parse(first) + offset))).toEqual([null, 'tested']);
    expect([0, 1].map((offset) => calendarAt(Date.parse(last) + offset))).toEqual(['tested', null]);
  });

  it('excludes nothing on a day that a zone left out', () => {
    const { calendarAt } = exclusionOf({ timezone: 'Pacific/Apia', excludedDates: ['2011-12-30'] });
    const change = Date.parse('2011-12-30T10:00:00Z');
    expect([-1, 0, 1].map((offset) => calendarAt(change + offset))).toEqual([null, null, null]);
  });
});

describe('weekdays, in the zone of the calendar', () => {
  it.each([
    ['UTC', [0], '2026-06-07T00:00:00Z', 'tested'],
    ['UTC', [0], '2026-06-08T00:00:00Z', null],
    ['UTC', [6, 0], '2026-06-06T23:59:59Z', 'tested'],
    ['Asia/Tokyo', [1], '2026-06-07T15:00:00Z', 'tested'],
    ['Asia/Tokyo', [1], '2026-06-07T14:59:59Z', null],
    ['America/Los_Angeles', [0], '2026-06-08T06:59:59Z', 'tested'],
    ['UTC', [4], '1970-01-01T00:00:00Z', 'tested'],
    ['UTC', [3], '1969-12-31T12:00:00Z', 'tested'],
  ])('%s %j at %s: %s', (timezone, excludedWeekdays, at, expected) => {
    expect(exclusionOf({ timezone, excludedWeekdays }).calendarAt(Date.parse(at))).toBe(expected);
  });
});

describe('windows', () => {
  const windows = [
    { from: '2026-06-01T12:00:00.000Z', to: '2026-06-01T13:00:00.000Z' },
    { from: '2026-06-01T10:00:00.000Z', to: '2026-06-01T11:00:00.000Z' },
    { from: '2026-06-01T10:30:00.000Z', to: '2026-06-01T11:30:00.000Z' },
    { from: '2026-06-01T12:15:00.000Z', to: '2026-06-01T12:30:00.000Z' },
  ];
  it.each([
    ['09:59:59.999', null],
    ['10:00:00.000', '11:30:00.000'],
    ['11:15:00.000', '11:30:00.000'],
    ['11:30:00.000', null],
    ['12:45:00.000', '13:00:00.000'],
    ['13:00:00.000', null],
  ])('at %s the exclusion ends at %s', (time, end) => {
    const { calendarAt, excludedUntil } = exclusionOf({ excludedWindows: windows });
    const instant = Date.parse(`2026-06-01T${time}Z`);
    expect(calendarAt(instant)).toBe(end === null ? null : 'tested');
    expect(excludedUntil(instant)).toBe(end === null ? instant : Date.parse(`2026-06-01T${end}Z`));
  });
});

describe('several calendars', () => {
  it('names the first that excludes the instant', () => {
    const { calendarAt } = exclusionOf(
      { name: 'new-year', excludedDates: ['2027-01-01'] },
      { name: 'fridays', excludedWeekdays: [5] },
    );
    const days = ['2026-12-31', '2027-01-01', '2027-01-08'];
    expect(days.map((day) => calendarAt(Date.parse(day)))).toEqual([null, 'new-year', 'fridays']);
  });

  it('excludes nothing when there are none', () => {
    expect(exclusionOf().calendarAt(0)).toBeNull();
    expect(exclusionOf().excludedUntil(5)).toBe(5);
  });
});

it('refuses a zone that is none', () => {
  expect(() => exclusionOf({ timezone: 'Mars' })).toThrow('"Mars" is not an IANA time zone');
});

it('answers within microseconds, whatever the calendar holds', () => {
  const excludedWindows = Array.from({ length: 5_000 }, (_, hour) => ({
    from: new Date(hour * 7_200_000).toISOString(),
    to: new Date(hour * 7_200_000 + 3_600_000).toISOString(),
  }));
  const { calendarAt } = exclusionOf({
    timezone: 'America/New_York',
    excludedDates: ['2026-12-25'],
    excludedWeekdays: [0],
    excludedWindows,
  });
  const asked = 200_000;
  const started = process.cpuUsage();
  for (let index = 0; index < asked; index += 1) calendarAt(1.8e12 + index * 60_000);
  const microsecondsEach = process.cpuUsage(started).user / asked;
  expect(microsecondsEach).toBeLessThan(10);
});
