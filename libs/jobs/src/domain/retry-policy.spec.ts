import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEFAULT_RETRY_POLICY, retryDelayMs, type RetryPolicy } from './retry-policy.js';

const policy = (changes: Partial<RetryPolicy>): RetryPolicy => ({ ...DEFAULT_RETRY_POLICY, ...changes });

describe('retryDelayMs', () => {
  it.each([
    ['fixed', 1, 1_000],
    ['fixed', 7, 1_000],
    ['linear', 1, 1_000],
    ['linear', 4, 4_000],
    ['linear', 50, 30_000],
    ['exponential', 1, 1_000],
    ['exponential', 2, 3_000],
    ['exponential', 4, 27_000],
    ['exponential', 5, 30_000],
    ['exponential', 100, 30_000],
  ] as const)('%s back-off waits after attempt %i for %i ms', (backoff, attempt, expectedMs) => {
    const plain = policy({ backoff, initialDelayMs: 1_000, multiplier: 3, maxDelayMs: 30_000 });
    expect(retryDelayMs(plain, attempt, 0.5)).toBe(expectedMs);
  });

  it.each([
    ['none', 0, 8_000],
    ['none', 0.999, 8_000],
    ['full', 0, 0],
    ['full', 0.25, 2_000],
    ['equal', 0, 4_000],
    ['equal', 0.5, 6_000],
  ] as const)('%s jitter with chance %d makes 8 s into %i ms', (jitter, random, expectedMs) => {
    const jittered = policy({ backoff: 'fixed', initialDelayMs: 8_000, jitter });
    expect(retryDelayMs(jittered, 1, random)).toBe(expectedMs);
  });

  it('spreads around the capped delay, not around the one before the cap', () => {
    const capped = policy({ initialDelayMs: 1_000, maxDelayMs: 2_000, jitter: 'equal' });
    expect(retryDelayMs(capped, 20, 0)).toBe(1_000);
  });

  it('waits for no time at all when the first delay is 0', () => {
    expect(retryDelayMs(policy({ initialDelayMs: 0, multiplier: 100 }), 100, 0.5)).toBe(0);
  });
});

describe('any retry policy', () => {
  const delays = fc.tuple(fc.nat(86_400_000), fc.nat(86_400_000));
  const policies: fc.Arbitrary<RetryPolicy> = fc.record({
    maxAttempts: fc.integer({ min: 1, max: 100 }),
    backoff: fc.constantFrom('fixed', 'linear', 'exponential'),
    initialDelayMs: delays.map(([a, b]) => Math.min(a, b)),
    maxDelayMs: fc.constant(86_400_000),
    multiplier: fc.double({ min: 1, max: 100, noNaN: true }),
    jitter: fc.constantFrom('none', 'full', 'equal'),
    retryOn: fc.constant(DEFAULT_RETRY_POLICY.retryOn),
  });
  const attempts = fc.integer({ min: 1, max: 100 });
  const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

  it('waits whole milliseconds, never less than none and never more than maxDelayMs', () => {
    fc.assert(
      fc.property(policies, fc.nat(86_400_000), attempts, chance, (any, maxDelayMs, attempt, random) => {
        const delayMs = retryDelayMs({ ...any, maxDelayMs }, attempt, random);
        expect(Number.isSafeInteger(delayMs)).toBe(true);
        expect(delayMs).toBeGreaterThanOrEqual(0);
        expect(delayMs).toBeLessThanOrEqual(maxDelayMs);
      }),
    );
  });

  it('never waits longer with jitter than without, and with equal jitter at least half as long', () => {
    fc.assert(
      fc.property(policies, attempts, chance, (any, attempt, random) => {
        const plainMs = retryDelayMs({ ...any, jitter: 'none' }, attempt, random);
        const fullMs = retryDelayMs({ ...any, jitter: 'full' }, attempt, random);
        const equalMs = retryDelayMs({ ...any, jitter: 'equal' }, attempt, random);
        expect(fullMs).toBeLessThanOrEqual(plainMs);
        expect(equalMs).toBeLessThanOrEqual(plainMs);
        expect(equalMs).toBeGreaterThanOrEqual(Math.floor(plainMs / 2));
      }),
    );
  });

  it('never waits shorter after a later attempt, jitter aside', () => {
    fc.assert(
      fc.property(policies, fc.integer({ min: 1, max: 99 }), (any, attempt) => {
        const plain: RetryPolicy = { ...any, jitter: 'none' };
        expect(retryDelayMs(plain, attempt + 1, 0)).toBeGreaterThanOrEqual(retryDelayMs(plain, attempt, 0));
      }),
    );
  });
});
