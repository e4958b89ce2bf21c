import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Needle } from './needle.js';

/** Few letters, so that there are many partial matches and repeats. */
const text = (constraints: fc.StringConstraints) =>
  fc.string({ unit: fc.constantFrom('a', 'b'), ...constraints });

describe('a needle', () => {
  it('is found where a search of each place finds it', () => {
    const needles = fc.oneof(text({ minLength: 1, maxLength: 20 }), text({ minLength: 9, maxLength: 12 }));
    fc.assert(
      fc.property(needles, text({ maxLength: 200 }), fc.nat(50), (needle, haystack, from) => {
        const found = new Needle(Buffer.from(needle)).indexIn(Buffer.from(haystack), from);
        expect(found).toBe(from > haystack.length ? -1 : haystack.indexOf(needle, from));
      }),
      { numRuns: 2_000 },
    );
  });

  it('begins at the end of a text where a comparison of each end says so', () => {
    fc.assert(
      fc.property(text({ minLength: 1, maxLength: 20 }), text({ maxLength: 60 }), (needle, haystack) => {
        fc.pre(!haystack.includes(needle));
        const at = new Needle(Buffer.from(needle)).beginningIn(Buffer.from(haystack));
        const ends = Array.from({ length: haystack.length + 1 }, (_, index) => haystack.slice(index));
        expect(at).toBe(ends.findIndex((end) => needle.startsWith(end)));
      }),
      { numRuns: 2_000 },
    );
  });
});
