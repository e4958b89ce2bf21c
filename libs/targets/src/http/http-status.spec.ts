import { describe, expect, it } from '@jest/globals';
import { isSuccess, parseRetryAfterMs } from './http-status.js';

const NOW_MS = Date.parse('2026-01-05T00:00:00Z');

describe('parseRetryAfterMs', () => {
  it.each([
    ['0', 0],
    ['120', 120_000],
    [' 5 ', 5_000],
    ['3600', 3_600_000],
    ['7200', 3_600_000],
    ['99999999999999999999', 3_600_000],
    ['Mon, 05 Jan 2026 00:02:00 GMT', 120_000],
    ['Monday, 05-Jan-26 00:02:00 GMT', 120_000],
    ['Sun, 04 Jan 2026 00:00:00 GMT', 0],
    ['Wed, 05 Jan 2028 00:00:00 GMT', 3_600_000],
    ['-5', null],
    ['1.5', null],
    ['soon', null],
    ['', null],
    [undefined, null],
  ])('reads %j as %j ms', (value, retryAfterMs) => {
    expect(parseRetryAfterMs(value, NOW_MS)).toBe(retryAfterMs);
  });
});

describe('isSuccess', () => {
  it.each([
    [200, undefined, true],
    [299, undefined, true],
    [304, undefined, false],
    [404, [], false],
    [304, ['2xx', '304'], true],
    [404, ['4XX'], true],
    [200, ['201'], false],
  ])('with %d and %j is %s', (statusCode, patterns, isSuccessful) => {
    expect(isSuccess(statusCode, patterns)).toBe(isSuccessful);
  });
});
