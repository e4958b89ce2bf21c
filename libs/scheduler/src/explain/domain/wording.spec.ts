import { expect, it } from '@jest/globals';
import { durationText, instantText } from './wording.js';

it.each([
  [0, '0 ms'],
  [999, '999 ms'],
  [1_000, '1 s'],
  [2_399, '2.3 s'],
  [59_999, '59.9 s'],
  [60_000, '1 min'],
  [200_000, '3 min 20 s'],
  [3_600_000, '1 h'],
  [18_720_000, '5 h 12 min'],
  [86_400_000, '1 d'],
  [183_600_000, '2 d 3 h'],
])('%d ms is written %s', (durationMs, text) => {
  expect(durationText(durationMs)).toBe(text);
});

it.each([
  ['2026-06-01T12:00:00.000Z', '2026-06-01T12:00:00Z'],
  ['2026-06-01T12:00:00.250Z', '2026-06-01T12:00:00.250Z'],
])('%s is written %s', (instant, text) => {
  expect(instantText(new Date(instant))).toBe(text);
});
