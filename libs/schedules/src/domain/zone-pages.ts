import type { ZoneSpan } from './zone-span.js';

/**
 * About 0.4 KB each, so 20 MB. Fires ask for two or three of a zone, of which there are 600; sixty previews of 1,000 years
 * that take turns need 42,000, and with half of that each would build those of 2100 to 2500 twice.
 */
const MAX_PAGES = 50_000;
/** As many at once, so that sorting them costs little for each. */
const FORGOTTEN_AT_ONCE = 1 / 8;

interface Page {
  readonly spans: readonly ZoneSpan[];
  readonly book: ZonePages;
  readonly index: number;
  lastUse: number;
}

/** The pages of one zone that are remembered. */
export class ZonePages {
  readonly #pages = new Map<number, Page>();

  constructor(private readonly memory: PageMemory) {}

  get(index: number): readonly ZoneSpan[] | null {
    const page = this.#pages.get(index);
    if (page === undefined) return null;
    page.lastUse = this.memory.nextUse();
    return page.spans;
  }

  add(index: number, spans: readonly ZoneSpan[]): void {
    const page = { spans, book: this, index, lastUse: this.memory.nextUse() };
    this.#pages.set(index, page);
    this.memory.add(page);
  }

  forget(index: number): void {
    this.#pages.delete(index);
  }
}

/**
 * Bounds the pages of all zones together, the least recently used forgotten first: a preview of 1,000 years builds 700 of a
 * zone. A use is only counted, because fires use pages far more often than any is built; the order is made when it is needed.
 */
export class PageMemory {
  #pages: Page[] = [];
  #uses = 0;

  constructor(private readonly limit: number = MAX_PAGES) {}

  get size(): number {
    return this.#pages.length;
  }

  nextUse(): number {
    return (this.#uses += 1);
  }

  add(page: Page): void {
    this.#pages.push(page);
    if (this.#pages.length > this.limit) this.#forgetOldest();
  }

  #forgetOldest(): void {
    this.#pages.sort((a, b) => a.lastUse - b.lastUse);
    const forgotten = this.#pages.splice(0, Math.ceil(this.limit * FORGOTTEN_AT_ONCE));
    for (const { book, index } of forgotten) book.forget(index);
  }
}
