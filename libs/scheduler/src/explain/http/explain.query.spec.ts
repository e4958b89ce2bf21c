import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { windowOf } from './explain.query.js';

const now = new Date('2026-06-01T12:00:00Z');
const endOf = (from: string) => windowOf({ from }, now).to?.toISOString();

describe('a window without an end', () => {
  it.each([
    ['2026-06-01T11:00:00Z', '2026-06-01T12:00:00.000Z'],
    ['2026-06-02T11:00:00Z', '2026-06-03T11:00:00.000Z'],
    ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
  ])('from %s ends at %s', (from, to) => {
    expect(endOf(from)).toBe(to);
  });
});
