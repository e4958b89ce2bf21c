import { describe, expect, it } from '@jest/globals';
import { stopGraceMs } from './app-process.js';

describe('an app that stops', () => {
  it.each([
    [{}, 45_000],
    [{ DRAIN_TIMEOUT_SECONDS: '60', DRAIN_DELAY_SECONDS: '5' }, 85_000],
  ])('has the time that it was given, and some more: %j', (env, graceMs) => {
    expect(stopGraceMs(env)).toBe(graceMs);
  });
});
