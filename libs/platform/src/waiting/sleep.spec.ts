import { describe, expect, it } from '@jest/globals';
import { sleep } from './sleep.js';

describe('a sleep', () => {
  it('lasts as long as it is told to', async () => {
    const startedAt = performance.now();
    await sleep(30, new AbortController().signal);
    expect(performance.now() - startedAt).toBeGreaterThan(25);
  });

  it('ends early, and without an error, when it is told to, also before it began', async () => {
    const waking = new AbortController();
    const sleeping = sleep(60_000, waking.signal);
    waking.abort();
    await sleeping;
    await sleep(60_000, waking.signal);
  });
});
