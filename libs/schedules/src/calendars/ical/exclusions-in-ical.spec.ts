import { describe, expect, it } from '@jest/globals';
import { exclusionsInIcal } from './exclusions-in-ical.js';

const NOW = new Date('2026-06-01T00:00:00Z');
const calendarOf = (...lines: string[]) => ['BEGIN:VCALENDAR', ...lines, 'END:VCALENDAR'].join('\r\n');
const eventOf = (...lines: string[]) => ['BEGIN:VEVENT', 'UID:1@test', ...lines, 'END:VEVENT'];
const readIn = (timezone: string, text: string) => exclusionsInIcal({ text, timezone, now: NOW });
const read = (...lines: string[]) => readIn('Europe/Berlin', calendarOf(...eventOf(...lines)));
const window = (from: string, to: string) => ({ from: `${from}.000Z`, to: `${to}.000Z` });

describe('whole-day events', () => {
  it.each([
    ['one day', ['DTSTART;VALUE=DATE:20261225'], ['2026-12-25']],
    [
      'up to but without the day of DTEND',
      ['DTSTART;VALUE=DATE:20261231', 'DTEND;VALUE=DATE:20270102'],
      ['2026-12-31', '2027-01-01'],
    ],
    ['a duration', ['DTSTART;VALUE=DATE:20240228', 'DURATION:P2D'], ['2024-02-28', '2024-02-29']],
    [
      'five years of a yearly one, from now on',
      ['DTSTART;VALUE=DATE:20000101', 'RRULE:FREQ=YEARLY'],
      ['2027-01-01', '2028-01-01', '2029-01-01', '2030-01-01', '2031-01-01'],
    ],
    [
      'the last Friday of November',
      ['DTSTART;VALUE=DATE:20251128', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=-1FR;COUNT=3'],
      ['2026-11-27', '2027-11-26'],
    ],
    [
      'all but an EXDATE',
      ['DTSTART;VALUE=DATE:20260701', 'RRULE:FREQ=DAILY;COUNT=3', 'EXDATE;VALUE=DATE:20260702'],
      ['2026-07-01', '2026-07-03'],
    ],
    ['nothing of a cancelled one', ['DTSTART;VALUE=DATE:20261225', 'STATUS:CANCELLED'], []],
  ])('%s', (_what, lines, dates) => {
    expect(read(...lines)).toEqual({ dates, windows: [] });
  });
});

describe('timed events', () => {
  it.each([
    [
      'in UTC',
      ['DTSTART:20260701T100000Z', 'DTEND:20260701T120000Z'],
      '2026-07-01T10:00:00',
      '2026-07-01T12:00:00',
    ],
    [
      'in the zone of the calendar',
      ['DTSTART:20260701T100000', 'DURATION:PT2H'],
      '2026-07-01T08:00:00',
      '2026-07-01T10:00:00',
    ],
    [
      'in an IANA zone that the file does not describe',
      ['DTSTART;TZID=America/New_York:20260701T100000', 'DTEND;TZID=America/New_York:20260701T120000'],
      '2026-07-01T14:00:00',
      '2026-07-01T16:00:00',
    ],
    [
      'at a time that comes twice: the first',
      ['DTSTART:20261025T023000', 'DTEND:20261025T040000'],
      '2026-10-25T00:30:00',
      '2026-10-25T03:00:00',
    ],
    [
      'at a time that does not come: by the offset before',
      ['DTSTART:20270328T023000', 'DTEND:20270328T050000'],
      '2027-03-28T01:30:00',
      '2027-03-28T03:00:00',
    ],
  ])('%s', (_what, lines, from, to) => {
    expect(read(...lines)).toEqual({ dates: [], windows: [window(from, to)] });
  });

  it('go by the VTIMEZONE of the file where the name is not IANA', () => {
    const zone = ['BEGIN:VTIMEZONE', 'TZID:Custom', 'BEGIN:STANDARD', 'DTSTART:16010101T000000'];
    const rule = ['TZOFFSETFROM:+0500', 'TZOFFSETTO:+0500', 'END:STANDARD', 'END:VTIMEZONE'];
    const event = eventOf('DTSTART;TZID=Custom:20260701T100000', 'DTEND;TZID=Custom:20260701T110000');
    expect(readIn('UTC', calendarOf(...zone, ...rule, ...event)).windows).toEqual([
      window('2026-07-01T05:00:00', '2026-07-01T06:00:00'),
    ]);
  });

  it('take the change to a single occurrence into account', () => {
    const series = eventOf('DTSTART:20260701T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=3');
    const moved = eventOf(
      'RECURRENCE-ID:20260702T100000Z',
      'DTSTART:20260702T150000Z',
      'DTEND:20260702T153000Z',
    );
    const cancelled = eventOf(
      'RECURRENCE-ID:20260703T100000Z',
      'DTSTART:20260703T100000Z',
      'STATUS:CANCELLED',
    );
    expect(readIn('UTC', calendarOf(...series, ...moved, ...cancelled)).windows).toEqual([
      window('2026-07-01T10:00:00', '2026-07-01T11:00:00'),
      window('2026-07-02T15:00:00', '2026-07-02T15:30:00'),
    ]);
  });

  it('are not changed by what changes another event at the same time', () => {
    const series = eventOf('DTSTART:20260701T100000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;COUNT=1');
    const moved = eventOf('RECURRENCE-ID:20260701T100000Z', 'DTSTART:20260701T150000Z', 'DURATION:PT1H');
    const ofAnother = moved.map((line) => line.replace('UID:1', 'UID:2'));
    expect(readIn('UTC', calendarOf(...series, ...ofAnother)).windows).toEqual([
      window('2026-07-01T10:00:00', '2026-07-01T11:00:00'),
    ]);
  });

  it('exclude nothing when they take no time', () => {
    expect(read('DTSTART:20260701T100000Z')).toEqual({ dates: [], windows: [] });
  });
});

describe('what cannot be imported', () => {
  it.each([
    ['nothing', '', 'no VCALENDAR'],
    ['another text', 'hello', 'invalid line'],
    ['half a file', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT', 'did not end'],
    ['an event outside', eventOf('DTSTART:20260701T100000Z').join('\r\n'), 'no VCALENDAR'],
    ['no DTSTART', calendarOf(...eventOf('SUMMARY:x')), 'no DTSTART'],
    [
      'no such day',
      calendarOf(...eventOf('DTSTART;VALUE=DATE:20260231')),
      'DTSTART 2026-02-31 does not exist',
    ],
    ['no date at all', calendarOf(...eventOf('DTSTART:banana')), 'cannot be read'],
    [
      'an unknown zone',
      calendarOf(...eventOf('DTSTART;TZID=Nowhere:20260701T100000', 'DURATION:PT1H')),
      '"Nowhere"',
    ],
    [
      'an end before the start',
      calendarOf(...eventOf('DTSTART:20260701T100000Z', 'DTEND:20260701T090000Z')),
      'ends before',
    ],
    [
      'a wrong rule',
      calendarOf(...eventOf('DTSTART:20260701T100000Z', 'RRULE:FREQ=NEVER')),
      'cannot be read',
    ],
    [
      'a rule with too many occurrences',
      calendarOf(...eventOf('DTSTART:20260701T100000Z', 'DURATION:PT1M', 'RRULE:FREQ=HOURLY')),
      'more than 5000',
    ],
    [
      'an event of a thousand years',
      calendarOf(...eventOf('DTSTART;VALUE=DATE:20260101', 'DTEND;VALUE=DATE:30260101')),
      'more than 5000',
    ],
  ])('%s', (_what, text, message) => {
    expect(() => readIn('UTC', text)).toThrow(
      expect.objectContaining({ name: 'IcalError', message: expect.stringContaining(message) }),
    );
  });
});
