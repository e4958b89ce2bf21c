import { describe, expect, it } from '@jest/globals';
import type { NewExecution } from './domain/new-execution.js';
import { insertBatches } from './insert-batches.js';

const PARAMETERS = 14;

const executionWith = (word: string): NewExecution => ({
  id: '01890a5d-ac96-774b-bcce-b302099a8057',
  scheduledFor: new Date(0),
  service: 'default',
  jobId: '01890a5d-ac96-774b-bcce-b302099a8058',
  jobVersion: 1,
  scheduleId: null,
  trigger: 'schedule',
  state: 'pending',
  reason: null,
  reasonDetail: null,
  priority: 5,
  dueAt: new Date(0),
  hold: null,
  maxAttempts: 3,
  parameters: { word },
  retryOf: null,
  traceparent: null,
});

const wordsOf = (words: string[], maxCharacters: number) =>
  [...insertBatches(words.map(executionWith), maxCharacters)].map((lists) =>
    [...lists[PARAMETERS]!.matchAll(/word\\":\\"(\w+)/g)].map(([, word]) => word),
  );

describe('batches of executions to insert', () => {
  it('are one where all fits, and none where there is nothing', () => {
    expect(wordsOf(['a', 'b'], 100)).toEqual([['a', 'b']]);
    expect(wordsOf([], 100)).toEqual([]);
  });

  it('end before their parameters become too long, and hold at least one row', () => {
    expect(wordsOf(['aa', 'bb', 'cc'], 30)).toEqual([['aa', 'bb'], ['cc']]);
    expect(wordsOf(['a', 'b'.repeat(50), 'c'], 30)).toEqual([['a'], ['b'.repeat(50)], ['c']]);
  });
});
