import { describe, expect, it } from '@jest/globals';
import { newTimeOrderedId } from './time-ordered-id.js';

describe('newTimeOrderedId', () => {
  it('sorts ids of one millisecond as they were made', () => {
    const now = new Date('2030-01-01T00:00:00.000Z');
    const ids = Array.from({ length: 1_000 }, () => newTimeOrderedId(now));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(1_000);
  });

  it('goes back with a clock that was ahead', () => {
    const ahead = newTimeOrderedId(new Date('2030-01-01T01:00:00.000Z'));
    expect(newTimeOrderedId(new Date('2030-01-01T00:00:00.001Z')) < ahead).toBe(true);
  });
});
