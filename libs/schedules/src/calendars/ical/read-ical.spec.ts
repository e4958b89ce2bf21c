import { describe, expect, it } from '@jest/globals';
import { readIcal } from './read-ical.js';

const NOW = new Date('2026-06-01T00:00:00Z');
const fileWith = (...lines: string[]) => ({
  text: ['BEGIN:VCALENDAR', 'BEGIN:VEVENT', ...lines, 'END:VEVENT', 'END:VCALENDAR'].join('\r\n'),
  timezone: 'Europe/Berlin',
  now: NOW,
});
const ENDLESS = fileWith('DTSTART;VALUE=DATE:20260101', 'RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30');

describe('a thread of its own', () => {
  it('reads a file', async () => {
    expect(await readIcal(fileWith('DTSTART:20260701T100000', 'DURATION:PT2H'))).toEqual({
      dates: [],
      windows: [{ from: '2026-07-01T08:00:00.000Z', to: '2026-07-01T10:00:00.000Z' }],
    });
  });

  it('reads all that a calendar holds within the limit', async () => {
    const days = Array.from({ length: 5_000 }, (_, day) => new Date(day * 86_400_000).toISOString());
    const starts = days.map((day) => `DTSTART:${day.slice(0, 10).replaceAll('-', '')}T100000Z`);
    const events = starts.map((start) => `BEGIN:VEVENT\r\n${start}\r\nDURATION:PT1H\r\nEND:VEVENT`);
    const file = { ...fileWith(), text: ['BEGIN:VCALENDAR', ...events, 'END:VCALENDAR'].join('\r\n') };
    expect((await readIcal(file)).windows).toHaveLength(5_000);
  });

  it('says why it reads none', async () => {
    await expect(readIcal(fileWith('SUMMARY:x'))).rejects.toMatchObject({
      name: 'IcalError',
      message: 'an event has no DTSTART',
    });
  });

  it('is ended when it takes too long, and nobody else has waited for it', async () => {
    let turns = 0;
    const counting = setInterval(() => turns++, 10);
    const refused = { name: 'IcalError', message: expect.stringContaining('too long') };
    await expect(readIcal(ENDLESS, 300)).rejects.toMatchObject(refused);
    clearInterval(counting);
    expect(turns).toBeGreaterThan(10);
  });

  it('is ended when it takes too much memory', async () => {
    const dates = Array<string>(110_000).fill('20260702').join(',');
    const file = fileWith('DTSTART;VALUE=DATE:20260701', `RDATE;VALUE=DATE:${dates}`);
    const refused = { name: 'IcalError', message: expect.stringContaining('too much memory') };
    await expect(readIcal(file, 60_000)).rejects.toMatchObject(refused);
  }, 60_000);
});
