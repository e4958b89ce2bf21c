import { describe, expect, it } from '@jest/globals';
import { LoopTurns, TurnLine } from './loop-turns.js';

describe('a batch that takes turns', () => {
  it('lets a timer fire long before its end, and one that does not holds it back', async () => {
    expect(await timerFiresWithin(async (turns) => turns.pass())).toBe(true);
    expect(await timerFiresWithin(() => Promise.resolve())).toBe(false);
  });
});

describe('a line of batches', () => {
  it('gives one of them a turn in each round of the loop, in their order', async () => {
    const line = new TurnLine();
    const seen: string[] = [];
    const isDone = Promise.all([1, 2, 3].map((batch) => line.next().then(() => seen.push(`batch ${batch}`))));
    const round = (): void => void (seen.push('round'), seen.length < 20 && setImmediate(round));
    setImmediate(round);
    await isDone;
    expect(seen.join(' ')).toMatch(/^(round )?batch 1 (round )+batch 2 (round )+batch 3$/);
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
