import { describe, expect, it } from '@jest/globals';
import { armedFailPoints } from './fail-points.js';

describe('armedFailPoints', () => {
  it('arms what the environment names', () => {
    const text = 'after_claim=kill@0.05,after_hand_over=stall:8000@1';
    expect([...armedFailPoints({ FAIL_POINTS: text })]).toEqual([
      ['after_claim', { action: { type: 'kill' }, probability: 0.05 }],
      ['after_hand_over', { action: { type: 'stall', durationMs: 8000 }, probability: 1 }],
    ]);
  });

  it.each([{}, { FAIL_POINTS: '' }, { FAIL_POINTS: '  ' }])('arms nothing for %j', (environment) => {
    expect(armedFailPoints(environment).size).toBe(0);
  });

  it('arms nothing in production', () => {
    expect(armedFailPoints({ NODE_ENV: 'production', FAIL_POINTS: 'after_claim=kill@1' }).size).toBe(0);
  });

  it.each(['after_lunch=kill@1', 'after_claim', 'after_claim=explode@1', 'after_claim=kill@2.5'])(
    'refuses %s: a test that arms nothing would pass for the wrong reason',
    (text) => {
      expect(() => armedFailPoints({ FAIL_POINTS: text })).toThrow(text);
    },
  );
});
