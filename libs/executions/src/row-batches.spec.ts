import { describe, expect, it } from '@jest/globals';
import { rowBatches } from './row-batches.js';

const batchesOf = (texts: string[], maxCharacters: number) =>
  [...rowBatches(texts, maxCharacters)].map((json) => JSON.parse(json) as string[]);

describe('batches of rows', () => {
  it('are one where all fits, and none where there is nothing', () => {
    expect(batchesOf(['a', 'b'], 100)).toEqual([['a', 'b']]);
    expect(batchesOf([], 100)).toEqual([]);
  });

  it('end before they become too long, and hold at least one row', () => {
    expect(batchesOf(['aa', 'bb', 'cc'], 8)).toEqual([['aa', 'bb'], ['cc']]);
    expect(batchesOf(['a', 'b'.repeat(50), 'c'], 8)).toEqual([['a'], ['b'.repeat(50)], ['c']]);
  });
});
