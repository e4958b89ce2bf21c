import { describe, expect, it } from '@jest/globals';
import { type Budget, WINDOW_MS } from './budget.js';
import { MemoryCounts } from './memory-counts.js';

const KEY: Budget = { name: 'key', key: '{a}:key:1', limit: 1 };
const SERVICE: Budget = { name: 'service', key: '{a}', limit: 1 };

const address = (n: number): Budget => ({ name: 'address', key: `address:${n}`, limit: 1 });

describe('counts in memory', () => {
  it('outlive a flood of addresses where they are those of keys and services', async () => {
    const counts = new MemoryCounts(() => 0);
    await counts.take([KEY, SERVICE]);
    for (let n = 0; n <= 100_000; n++) await counts.take([address(n)]);
    expect((await counts.take([KEY])).isRefused).toBe(true);
    expect((await counts.take([SERVICE])).isRefused).toBe(true);
  });

  it('are forgotten oldest first when there are too many', async () => {
    const counts = new MemoryCounts(() => 0);
    for (let n = 0; n <= 50_000; n++) await counts.take([address(n)]);
    expect((await counts.take([address(50_000)])).isRefused).toBe(true);
    expect((await counts.take([address(10_000)])).isRefused).toBe(true);
    expect((await counts.take([address(0)])).isRefused).toBe(false);
  });

  it('are of a window, and one that begins again is a young one', async () => {
    let now = 0;
    const counts = new MemoryCounts(() => now);
    await counts.take([address(0)]);
    now = WINDOW_MS / 2;
    for (let n = 1; n < 50_000; n++) await counts.take([address(n)]);
    now = WINDOW_MS;
    expect((await counts.take([address(0)])).isRefused).toBe(false);
    await counts.take([address(50_000)]);
    expect((await counts.take([address(0)])).isRefused).toBe(true);
    expect((await counts.take([address(1)])).isRefused).toBe(false);
  });
});
