import { describe, expect, it } from '@jest/globals';
import { ScheduleSpecError } from './domain/schedule-spec-error.js';
import { RecurrenceCache } from './recurrence-cache.js';
import { scheduleOf } from './testing/schedule-of.js';

describe('the cache of recurrences', () => {
  it('compiles a version of a schedule once', () => {
    const cache = new RecurrenceCache();
    const first = cache.recurrenceOf(scheduleOf());
    expect(cache.recurrenceOf(scheduleOf())).toBe(first);
    const changed = cache.recurrenceOf(scheduleOf({ version: 2, intervalSeconds: 60 }));
    expect(changed.nextAfter(Date.parse('2026-01-01T00:00:00Z'))).toBe(Date.parse('2026-01-01T00:01:00Z'));
  });

  it('forgets the least recently used of too many', () => {
    const cache = new RecurrenceCache();
    const [used, unused] = [cache.recurrenceOf(scheduleOf({ id: 'used' })), cache.recurrenceOf(scheduleOf())];
    for (let made = 0; made < 19_999; made += 1) {
      cache.recurrenceOf(scheduleOf({ id: 'used' }));
      cache.recurrenceOf(scheduleOf({ id: String(made) }));
    }
    expect(cache.recurrenceOf(scheduleOf({ id: 'used' }))).toBe(used);
    expect(cache.recurrenceOf(scheduleOf())).not.toBe(unused);
  });

  it('keeps nothing of a schedule that cannot be read', () => {
    const cache = new RecurrenceCache();
    const broken = scheduleOf({ timezone: 'Lost/Zone' });
    expect(() => cache.recurrenceOf(broken)).toThrow(ScheduleSpecError);
    expect(() => cache.recurrenceOf(broken)).toThrow(ScheduleSpecError);
  });
});
