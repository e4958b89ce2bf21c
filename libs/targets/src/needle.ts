/** The native search looks for this many bytes: enough to be rare, and few to compare at each position. */
const START_BYTES = 8;

/**
 * A text to search for, in time that grows with the haystack alone (Knuth, Morris and Pratt). `Buffer.indexOf` takes
 * haystack × needle if both repeat the same few bytes: 16 KB in 1 MB took four seconds, and targets choose both.
 */
export class Needle {
  private readonly start: Buffer;
  /** For each prefix: the length of its longest proper prefix that is also its suffix. */
  private readonly fallback: Int32Array;

  constructor(private readonly bytes: Buffer) {
    this.start = bytes.subarray(0, START_BYTES);
    this.fallback = fallbackOf(bytes);
  }

  get length(): number {
    return this.bytes.length;
  }

  /** The first position at `from` or later, or -1. */
  indexIn(text: Buffer, from = 0): number {
    let at = from;
    let matched = 0;
    while (matched < this.length) {
      if (matched === 0) {
        at = text.indexOf(this.start, at);
        if (at === -1) return -1;
        at += this.start.length;
        matched = this.start.length;
      } else if (at === text.length) {
        return -1;
      } else {
        matched = this.next(matched, text[at]);
        if (matched > 0) at += 1;
      }
    }
    return at - this.length;
  }

  /** Where the end of `text`, which has no whole needle, matches a beginning of it; the text's length if it does not. */
  beginningIn(text: Buffer): number {
    let matched = 0;
    for (let at = Math.max(0, text.length - this.length + 1); at < text.length; at++) {
      matched = this.next(matched, text[at]);
    }
    return text.length - matched;
  }

  /** How many bytes match once `byte` follows the first `matched` ones. */
  private next(matched: number, byte: number | undefined): number {
    let length = matched;
    while (length > 0 && this.bytes[length] !== byte) length = this.fallback[length - 1]!;
    return this.bytes[length] === byte ? length + 1 : 0;
  }
}

function fallbackOf(bytes: Buffer): Int32Array {
  const fallback = new Int32Array(bytes.length);
  let length = 0;
  for (let at = 1; at < bytes.length; at++) {
    while (length > 0 && bytes[length] !== bytes[at]) length = fallback[length - 1]!;
    if (bytes[length] === bytes[at]) length += 1;
    fallback[at] = length;
  }
  return fallback;
}
