import { describe, expect, it } from '@jest/globals';
import type { Response } from 'express';
import type { Clock } from '@app/platform/clock';
import { loadConfig } from '@app/platform/config';
import { RateLimits } from './rate-limits.js';
import { SharedCounts } from './shared-counts.js';

const RESPONSE = { set: () => undefined } as unknown as Response;

function limitsAt(clock: Clock): RateLimits {
  const config = loadConfig({ QUEUE_BACKEND: 'postgres', RATE_LIMIT_FAILURES_PER_MINUTE: '1' });
  return new RateLimits(config, new SharedCounts(config, clock), clock);
}

describe('suspicion', () => {
  it('falls on the whole network of an address that fails too often, and on no other, for a second', async () => {
    let nowMs = 0;
    const limits = limitsAt({ now: () => new Date(0), monotonicMs: () => nowMs });
    await limits.noteFailure('2001:db8:1:2::1', RESPONSE);
    expect(limits.isSuspect('2001:db8:1:2::1')).toBe(false);
    const next = limits.noteFailure('2001:db8:1:2:ffff::2', RESPONSE);
    await expect(next).rejects.toMatchObject({ code: 'rate_limited' });
    expect(limits.isSuspect('2001:db8:1:2:3::4')).toBe(true);
    expect(limits.isSuspect('2001:db8:1:3::1')).toBe(false);
    nowMs = 1_000;
    expect(limits.isSuspect('2001:db8:1:2:3::4')).toBe(false);
  });

  it('is the same for an IPv4 address, however a socket spells it', async () => {
    const limits = limitsAt({ now: () => new Date(0), monotonicMs: () => 0 });
    await limits.noteFailure('::ffff:192.0.2.1', RESPONSE);
    await expect(limits.noteFailure('192.0.2.1', RESPONSE)).rejects.toMatchObject({ code: 'rate_limited' });
    expect(limits.isSuspect('::ffff:192.0.2.1')).toBe(true);
    expect(limits.isSuspect('::ffff:192.0.2.2')).toBe(false);
  });
});
