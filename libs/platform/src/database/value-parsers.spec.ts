import { describe, expect, it } from '@jest/globals';
import { types } from 'pg';
import { parseInstant, VALUE_PARSERS } from './value-parsers.js';

const parseByDriver = types.getTypeParser(types.builtins.TIMESTAMPTZ) as (text: string) => unknown;

describe('an instant from the database', () => {
  it.each([
    ['2026-11-23 20:45:19.123+00', '2026-11-23T20:45:19.123Z'],
    ['2026-11-23 20:45:19+00', '2026-11-23T20:45:19.000Z'],
    ['2026-11-23 20:45:19.1+00', '2026-11-23T20:45:19.100Z'],
    ['2026-11-23 20:45:19.02+00', '2026-11-23T20:45:19.020Z'],
    ['2026-11-23 20:45:19.123999+00', '2026-11-23T20:45:19.123Z'],
    ['2024-02-29 00:00:00+00', '2024-02-29T00:00:00.000Z'],
    ['9999-12-31 23:59:59.999+00', '9999-12-31T23:59:59.999Z'],
  ])('%s is %s', (text, expected) => {
    expect((parseInstant(text) as Date).toISOString()).toBe(expected);
  });

  it.each([
    '2026-11-23 20:45:19.123+02',
    '2026-11-23 20:45:19+05:30',
    '0044-03-15 12:00:00+00',
    '0044-03-15 12:00:00+00 BC',
    '12026-11-23 20:45:19+00',
    'infinity',
    '-infinity',
  ])('%s is read as the driver reads it', (text) => {
    expect(parseInstant(text)).toEqual(parseByDriver(text));
  });
});

it('leaves other columns to the driver', () => {
  expect(VALUE_PARSERS.getTypeParser(types.builtins.INT4)('42')).toBe(42);
  expect(VALUE_PARSERS.getTypeParser(types.builtins.JSONB)('{"a":[1]}')).toEqual({ a: [1] });
});
