import { describe, expect, it } from '@jest/globals';
import { randomPool } from './random-pool.js';

describe('randomPool', () => {
  it('gives as many bytes as asked for and none twice, over many pools', () => {
    const random = randomPool();
    const drawn = Array.from({ length: 5_000 }, () => Buffer.from(random(16)).toString('hex'));
    expect(new Set(drawn).size).toBe(5_000);
    expect(drawn.every((hex) => hex.length === 32)).toBe(true);
  });

  it('does not change what it gave before', () => {
    const random = randomPool();
    const first = random(16);
    const before = Buffer.from(first).toString('hex');
    for (let i = 0; i < 3_000; i++) random(16);
    expect(Buffer.from(first).toString('hex')).toBe(before);
  });
});
