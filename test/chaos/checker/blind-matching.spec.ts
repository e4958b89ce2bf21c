import { describe, expect, it } from '@jest/globals';
import { unmatched } from './blind-matching.js';

const windows = (...pairs: [number, number][]) => pairs.map(([from, until]) => ({ from, until }));

describe('unmatched', () => {
  it('gives a call to the window that closes first', () => {
    expect(unmatched(windows([0, 10], [0, 2]), [1, 9])).toBe(0);
  });

  it('uses each call once', () => {
    expect(unmatched(windows([0, 5], [0, 5]), [1])).toBe(1);
    expect(unmatched(windows([0, 5]), [1, 2])).toBe(0);
  });

  it('does not count a call outside every window', () => {
    expect(unmatched(windows([0, 5]), [6, -1])).toBe(1);
  });
});
