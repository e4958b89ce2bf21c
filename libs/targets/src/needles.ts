const LEADS_ON = 0x100;
const BRANCHES = 0x200;

/** The nodes that one needle added to the tree, numbered on from `first`, which is that many bytes from the root. */
interface Chain {
  readonly first: number;
  readonly depth: number;
}

/**
 * All texts to search for, found in one pass whose time grows with the haystack alone, however many they are and however
 * alike (Aho and Corasick). One search for each took 20 × 16 KB of needles 2.7 s in 1 MB, and targets choose both.
 *
 * A state is a node of the tree of all needles: the longest beginning of one that what was read ends in. Nearly all have
 * one child, which is the next number, so that a node takes 10 bytes and only the few others are in a map.
 */
export class Needles {
  /** Where no needle has begun. */
  static readonly START = 0;

  private readonly roots = new Int32Array(256);
  /** By node: the byte that leads on to the next node, and whether it does. */
  private readonly leads: Uint16Array;
  /** By node and byte: the children beside the next node. */
  private readonly branches = new Map<number, Map<number, number>>();
  private readonly chains: Chain[] = [];
  /** By node: that of its longest proper suffix. */
  private readonly fallback: Int32Array;
  /** By node: the length of the longest needle that ends there, or 0. */
  private readonly ends: Int32Array;

  constructor(needles: readonly Buffer[]) {
    const longestFirst = [...needles].sort((a, b) => b.length - a.length);
    this.leads = new Uint16Array(1 + needles.reduce((sum, { length }) => sum + length, 0));
    let size = 1;
    const nodes = longestFirst.map((needle) => {
      const { node, depth } = this.known(needle);
      if (depth === needle.length) return node;
      this.branchOff(node, size, needle, depth);
      size += needle.length - depth;
      return size - 1;
    });
    this.fallback = new Int32Array(size);
    this.ends = new Int32Array(size);
    nodes.forEach((node, index) => (this.ends[node] = longestFirst[index]!.length));
    this.linkSuffixes();
  }

  get isEmpty(): boolean {
    return this.chains.length === 0;
  }

  /** The state after one more byte. */
  next(state: number, byte: number): number {
    for (let node = state; ; node = this.fallback[node]!) {
      const child = this.childOf(node, byte);
      if (child !== 0 || node === 0) return child;
    }
  }

  /** The length of the longest needle that has just ended; 0 if none has. */
  endedIn(state: number): number {
    return this.ends[state]!;
  }

  /** How many of the bytes just read may be the beginning of a needle that has not ended. */
  begunIn(state: number): number {
    let node = state;
    while (node !== 0 && (this.leads[node]! & (LEADS_ON | BRANCHES)) === 0) node = this.fallback[node]!;
    if (node === 0) return 0;
    const { first, depth } = this.chains.findLast((chain) => chain.first <= node)!;
    return depth + node - first;
  }

  /** 0, which nothing leads to, for none. */
  private childOf(node: number, byte: number): number {
    if (node === 0) return this.roots[byte]!;
    const lead = this.leads[node]!;
    if ((lead & ~BRANCHES) === (byte | LEADS_ON)) return node + 1;
    return lead & BRANCHES ? (this.branches.get(node)?.get(byte) ?? 0) : 0;
  }

  /** How much of a needle is in the tree already. */
  private known(needle: Buffer): { node: number; depth: number } {
    let node = 0;
    for (let depth = 0; depth < needle.length; depth += 1) {
      const child = this.childOf(node, needle[depth]!);
      if (child === 0) return { node, depth };
      node = child;
    }
    return { node, depth: needle.length };
  }

  /** Longest first: so a node that others branch off from leads on already, and none has to be put behind another's last. */
  private branchOff(node: number, first: number, needle: Buffer, depth: number): void {
    if (node === 0) {
      this.roots[needle[0]!] = first;
    } else {
      this.leads[node]! |= BRANCHES;
      const children = this.branches.get(node) ?? new Map<number, number>();
      this.branches.set(node, children.set(needle[depth]!, first));
    }
    for (let at = depth + 1; at < needle.length; at += 1) {
      this.leads[first + at - depth - 1] = needle[at]! | LEADS_ON;
    }
    this.chains.push({ first, depth: depth + 1 });
  }

  /** Level by level, because a suffix is shorter. */
  private linkSuffixes(): void {
    const level = [...this.roots].filter((node) => node !== 0);
    while (level.length > 0) {
      const branched: number[] = [];
      let size = 0; // of the next level, which takes the place of what of this one is done
      for (const node of level) {
        this.ends[node] ||= this.ends[this.fallback[node]!]!;
        const lead = this.leads[node]!;
        if (lead & LEADS_ON) level[size++] = this.linked(node, node + 1, lead & 0xff);
        if (lead & BRANCHES) branched.push(node);
      }
      level.length = size;
      for (const node of branched) {
        for (const [byte, child] of this.branches.get(node)!) level.push(this.linked(node, child, byte));
      }
    }
  }

  private linked(parent: number, node: number, byte: number): number {
    this.fallback[node] = this.next(this.fallback[parent]!, byte);
    return node;
  }
}
