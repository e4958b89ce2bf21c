import { describe, expect, it } from '@jest/globals';
import { jsonFaultOffset } from './json-fault-offset.js';

describe('where a text stops being JSON', () => {
  it.each<[string, number]>([
    ['{"a": "b\\n\\u00e9c" x', 19],
    ['{"a": "b\\xc"}', 6],
    ['{"a": "b\\u00g0"}', 6],
    ['{"a": "b\nc"}', 6],
    ['["", "\\"" "a"]', 10],
    ['["ab', 1],
  ])('%j: at %d', (text, offset) => expect(jsonFaultOffset(text)).toBe(offset));

  it.each(['a', '\\n', 'a\\n', '\\u00e9', '1', ' ', '-1.5e3'])(
    'is found in a string of 1 MB of %j that does not end in no time: there is one way to read it',
    (piece) => {
      const text = `["${piece.repeat(1_000_000 / piece.length)}`;
      const startedAt = performance.now();
      expect(jsonFaultOffset(text)).toBe(1);
      expect(performance.now() - startedAt).toBeLessThan(2_000);
    },
  );

  it.each(['[', '{"a":', '1', '1.1', '[],', ' '])('is found in 1 MB of %j in no time', (piece) => {
    const text = `[${piece.repeat(1_000_000 / piece.length)}x`;
    const startedAt = performance.now();
    jsonFaultOffset(text);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
