import { describe, expect, it } from '@jest/globals';
import { isTimeZone } from './schedule-spec.js';
import { Zone, zoneNamed } from './zone.js';
import { PageMemory } from './zone-pages.js';

const DAY = 86_400;
const PAGE = 366 * DAY;

function seconds(text: string): number {
  return Date.parse(text) / 1_000;
}

describe('a zone', () => {
  it.each([
    ['America/New_York', '2025-03-09T06:59:59Z', -5 * 3_600],
    ['America/New_York', '2025-03-09T07:00:00Z', -4 * 3_600],
    ['Australia/Lord_Howe', '2025-04-05T14:59:59Z', 11 * 3_600],
    ['Australia/Lord_Howe', '2025-04-05T15:00:00Z', 10.5 * 3_600],
    ['Pacific/Apia', '2011-12-30T09:59:59Z', -10 * 3_600],
    ['Pacific/Apia', '2011-12-30T10:00:00Z', 14 * 3_600],
    ['America/New_York', '1883-11-18T16:00:00Z', -(4 * 3_600 + 56 * 60 + 2)],
    ['America/New_York', '0001-01-01T00:00:00Z', -(4 * 3_600 + 56 * 60 + 2)],
    ['Europe/Berlin', '2399-07-01T00:00:00Z', 2 * 3_600],
    ['Europe/Berlin', '9999-03-28T00:59:59Z', 3_600],
    ['Europe/Berlin', '9999-03-28T01:00:00Z', 2 * 3_600],
  ])('of %s at %s has the offset that its history says', (name, instant, offset) => {
    expect(zoneNamed(name).spanAt(seconds(instant)).offset).toBe(offset);
  });

  it('finds the short summer times too: Recife had one of a week in 2000, Casablanca pauses for Ramadan', () => {
    const changesOf = (name: string, year: number) =>
      zoneNamed(name)
        .changesIn(seconds(`${year}-01-01T00:00:00Z`), seconds(`${year + 1}-01-01T00:00:00Z`))
        .map(({ at }) => new Date(at * 1_000).toISOString().slice(0, 16));

    expect(changesOf('America/Recife', 2000)).toEqual([
      '2000-02-27T02:00',
      '2000-10-08T03:00',
      '2000-10-15T02:00',
    ]);
    expect(changesOf('Africa/Casablanca', 2025)).toEqual(['2025-02-23T02:00', '2025-04-06T02:00']);
    expect(changesOf('Asia/Kolkata', 2025)).toEqual([]);
  });

  it.each([-3_600, -1, 0, 1, 3_600])(
    'knows a change %i s from the edge of a page on both sides of it',
    (away) => {
      const changeAt = 50 * PAGE + away;
      const zone = new Zone((at) => (at < changeAt ? 7_200 : 3_600));
      const change = { at: changeAt, offsetBefore: 7_200, offsetAfter: 3_600 };

      const before = zone.spanAt(changeAt - 1);
      expect(before).toMatchObject({ offset: 7_200, closedBy: change });
      expect(before.to).toBe(Math.min(changeAt, away > 0 ? changeAt : 50 * PAGE));
      expect(zone.spanAt(50 * PAGE - 7_200).closedBy).toEqual(change);
      expect(zone.spanAt(50 * PAGE + 7_200)).toMatchObject({ offset: 3_600, openedBy: change });
      expect(zone.changesIn(49 * PAGE, 51 * PAGE)).toEqual([change]);
    },
  );

  it.each([
    ['2005-01-01', '2030-01-01'],
    ['1790-01-01', '1810-01-01'],
  ])('lays its spans end to end, from %s to %s', (from, to) => {
    const zone = zoneNamed('Africa/Cairo');
    let span = zone.spanAt(seconds(`${from}T00:00:00Z`));
    while (span.to < seconds(`${to}T00:00:00Z`)) {
      const next = zone.spanAt(span.to);
      expect(next.from).toBe(span.to);
      span = next;
    }
  });

  it.each([2_500, 2_900, 6_100])('repeats after 400 years, without a seam in %i', (year) => {
    const changesIn = (from: number) => {
      const at = (later: number) => Date.UTC(from + later, 0, 1) / 1_000;
      return zoneNamed('America/New_York').changesIn(at(-2), at(2));
    };
    const start = Date.UTC(year, 0, 1) / 1_000 - Date.UTC(2_100, 0, 1) / 1_000;
    expect(changesIn(year).map((change) => ({ ...change, at: change.at - start }))).toEqual(changesIn(2_100));
    expect(changesIn(year)).toHaveLength(8);
  });
});

describe('the pages of all zones', () => {
  /** A zone whose clocks never change, and how often it was asked for its offset. */
  function countedZone(memory: PageMemory): { zone: Zone; asked: () => number } {
    let times = 0;
    return { zone: new Zone(() => ((times += 1), 3_600), memory), asked: () => times };
  }

  it('are no more than their limit, however many zones and years are asked for', () => {
    const memory = new PageMemory(80);
    const zones = Array.from({ length: 10 }, () => countedZone(memory).zone);
    for (const zone of zones) {
      for (let page = 0; page < 200; page += 1) {
        expect(zone.spanAt(page * PAGE)).toMatchObject({ from: page * PAGE, to: (page + 1) * PAGE });
        expect(memory.size).toBeLessThanOrEqual(80);
      }
    }
  });

  it('are forgotten where they were not used for longest: those of fires stay, whatever is previewed', () => {
    const memory = new PageMemory(80);
    const fires = countedZone(memory);
    const preview = countedZone(memory).zone;
    for (const page of [50, 51]) fires.zone.spanAt(page * PAGE);
    const before = fires.asked();
    for (let page = 0; page < 400; page += 1) {
      preview.spanAt(page * PAGE);
      fires.zone.spanAt((50 + (page % 2)) * PAGE);
    }
    expect(fires.asked()).toBe(before);
  });
});

describe('a time zone name', () => {
  it.each([
    'UTC',
    'Europe/Berlin',
    'US/Eastern',
    'Asia/Calcutta',
    'Etc/GMT+5',
    'GMT',
    'EST5EDT',
    'america/new_york',
  ])('may be %s', (name) => expect(isTimeZone(name)).toBe(true));

  it.each([
    ['UTC+25', 'an offset'],
    ['+02:00', 'an offset'],
    ['GMT+2', 'an offset'],
    ['local', 'no place'],
    ['system', 'no place'],
    ['default', 'no place'],
    ['', 'empty'],
    [' UTC', 'not trimmed'],
    ['Mars/Olympus', 'not on Earth'],
    ['BST', 'ICU’s for Dhaka'],
    ['SystemV/AST4', 'ICU’s own'],
  ])('cannot be "%s": %s', (name) => {
    expect(isTimeZone(name)).toBe(false);
    expect(() => zoneNamed(name)).toThrow(
      expect.objectContaining({ code: 'unknown_time_zone', field: 'timezone' }),
    );
  });

  it('is asked for by name when an offset is given', () => {
    expect(() => zoneNamed('UTC+2')).toThrow('an offset does not know about clock changes');
  });
});
