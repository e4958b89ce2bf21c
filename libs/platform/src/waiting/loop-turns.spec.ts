import { describe, expect, it } from '@jest/globals';
import { LoopTurns } from './loop-turns.js';

describe('a batch that takes turns', () => {
  it('lets a timer fire long before its end, and one that does not holds it back', async () => {
    expect(await timerFiresWithin(async (turns) => turns.pass())).toBe(true);
    expect(await timerFiresWithin(() => Promise.resolve())).toBe(false);
  });
});

/** Ten pieces of 10 ms, with a timer that is due after the first. */
async function timerFiresWithin(afterEach: (turns: LoopTurns) => Promise<void>): Promise<boolean> {
  let hasFired = false;
  const timer = setTimeout(() => (hasFired = true), 1);
  const turns = new LoopTurns();
  for (let piece = 0; piece < 10; piece += 1) {
    const until = performance.now() + 10;
    while (performance.now() < until);
    await afterEach(turns);
  }
  clearTimeout(timer);
  return hasFired;
}
