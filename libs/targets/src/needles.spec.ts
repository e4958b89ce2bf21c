import { afterEach, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import { Needles } from './needles.js';
import { RedactedStream } from './redacted-stream.js';

/** Few letters, so that there are many partial matches and repeats. */
const text = (constraints: fc.StringConstraints) =>
  fc.string({ unit: fc.constantFrom('a', 'b'), ...constraints });
const severalTexts = fc.array(text({ minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 8 });

/** The states behind each byte. */
function statesIn(needles: Needles, haystack: string): number[] {
  let state = Needles.START;
  return [...Buffer.from(haystack)].map((byte) => (state = needles.next(state, byte)));
}

const needlesOf = (texts: readonly string[]): Needles => new Needles(texts.map((one) => Buffer.from(one)));

const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map(({ length }) => length));

/** What a comparison of each needle with each place blots out: whatever overlaps together. */
function blotted(texts: readonly string[], haystack: string): string {
  const places = texts.flatMap((one) =>
    Array.from({ length: haystack.length }, (_, from) => ({ from, to: from + one.length })).filter(
      ({ from }) => haystack.startsWith(one, from),
    ),
  );
  places.sort((a, b) => a.from - b.from || b.to - a.to);
  let [out, end] = ['', 0];
  for (const { from, to } of places) {
    if (from >= end) out += `${haystack.slice(end, from)}[redacted]`;
    end = Math.max(end, to);
  }
  return out + haystack.slice(end);
}

describe('needles', () => {
  afterEach(() => void jest.restoreAllMocks());

  it('end and begin where a comparison of each with each place says so', () => {
    fc.assert(
      fc.property(severalTexts, text({ maxLength: 60 }), (texts, haystack) => {
        const needles = needlesOf(texts);
        statesIn(needles, haystack).forEach((state, index) => {
          const read = haystack.slice(0, index + 1);
          const begun = Array.from({ length: read.length }, (_, at) => read.slice(at)).find((end) =>
            texts.some((one) => one.startsWith(end) && one !== end),
          );
          expect(needles.endedIn(state)).toBe(longest(texts.filter((one) => read.endsWith(one))));
          expect(needles.begunIn(state)).toBe(begun?.length ?? 0);
        });
      }),
      { numRuns: 1_000 },
    );
  });

  it('are blotted out of a stream where a comparison says so, however its bytes are cut', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(severalTexts, text({ maxLength: 80 }), sizes, (texts, haystack, cuts) => {
        const stream = new RedactedStream(needlesOf(texts), 0);
        const out: Uint8Array[] = [];
        for (let at = 0, turn = 0; at < haystack.length; turn += 1) {
          const size = cuts[turn % cuts.length]!;
          out.push(stream.push(Buffer.from(haystack.slice(at, at + size))));
          at += size;
        }
        expect(Buffer.concat([...out, stream.end()]).toString()).toBe(blotted(texts, haystack));
      }),
      { numRuns: 1_000 },
    );
  });

  it('show of a stream that breaks off what its whole shows, and nothing of what has begun', () => {
    fc.assert(
      fc.property(severalTexts, text({ maxLength: 60 }), text({ maxLength: 20 }), (texts, said, unsaid) => {
        const stream = new RedactedStream(needlesOf(texts), 0);
        const shown = Buffer.concat([stream.push(Buffer.from(said)), stream.breakOff()]).toString();
        expect(blotted(texts, said + unsaid).startsWith(shown)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  /** As many as 20 secrets of 16 KB have, each nearly like the others. */
  const alike = Array.from({ length: 20 }, (_, at) =>
    Array.from({ length: 10 }, (__, line) => 'a'.repeat(60 + at + 20 * (line % 2) - line)).join('\n'),
  );

  it.each(['a', 'aaaaaaab', `${'a'.repeat(70)}\n`, alike[7]!])(
    'take two comparisons for each byte, however many and alike they are (%#)',
    (piece) => {
      const work = jest.spyOn(Needles.prototype as unknown as { childOf(): number }, 'childOf');
      const texts = [...alike, ...alike.flatMap((one) => one.split('\n'))];
      const needles = needlesOf(texts);
      const bytes = texts.join('').length;
      expect(work.mock.calls.length).toBeLessThan(3 * bytes); // one to see what is known, two to link it
      work.mockClear();
      const haystack = piece.repeat(10_000 / piece.length);
      statesIn(needles, haystack);
      expect(work.mock.calls.length).toBeLessThanOrEqual(2 * haystack.length);
    },
  );
});
