import { expect, it } from '@jest/globals';
import type { Clock } from '@app/platform/clock';
import { loadConfig } from '@app/platform/config';
import type { KnownKey } from './api-key.js';
import { KeyCache } from './key-cache.js';
import type { KeysRepository } from './keys.repository.js';

const KEY: KnownKey = {
  id: 'a',
  service: 'payments',
  scopes: [],
  allowedCidrs: [],
  expiresAt: null,
  previousValidUntil: null,
  secretHash: Buffer.alloc(32),
  previousSecretHash: null,
  revokedAt: null,
};
const REVOKED: KnownKey = { ...KEY, revokedAt: new Date(0) };

/** A cache whose reads of the database end when the test says so, in the order in which they began. */
function slowCache() {
  const reads: ((keys: KnownKey[]) => void)[] = [];
  const known = (): Promise<KnownKey[]> => new Promise((resolve) => reads.push(resolve));
  const clock: Clock = { now: () => new Date(0), monotonicMs: () => 0 };
  const cache = new KeyCache({ known } as unknown as KeysRepository, clock, loadConfig({}));
  return { cache, endRead: (key: KnownKey) => reads.shift()?.([key]) };
}

it.each(['read', 'readAgain'] as const)(
  'keeps nothing that %s began before it was forgotten',
  async (how) => {
    const { cache, endRead } = slowCache();
    const before = cache[how]('a');
    cache.forget('a');
    endRead(KEY);
    await before;
    expect(cache.recall('a')).toBeNull();
  },
);

it('keeps what is read afterwards, however late the reading before ends', async () => {
  const { cache, endRead } = slowCache();
  const before = cache.read('a');
  cache.forget('a');
  const after = cache.read('a');
  endRead(KEY);
  await before;
  endRead(REVOKED);
  expect(await after).toBe(REVOKED);
  expect(cache.recall('a')).toBe(REVOKED);
});
