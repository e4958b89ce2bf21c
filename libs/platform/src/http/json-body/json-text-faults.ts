import { type FieldError, pointerTo } from '@app/platform/problem';

/** The longest honest body, a calendar of 5,000 windows, has 10,003; each is one more property of an object and one more row of work. */
const MAX_KEYS = 12_000;
/** A megabyte has room for 500,000; class-transformer takes some 4 µs for each where a list is not part of a free value. */
const MAX_ITEMS = 200_000;
/** Objects and lists, which cost some 50 bytes of memory where they come back from a row, however little is in them. */
const MAX_CONTAINERS = 20_000;
const MAX_FAULTS = 20;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;

/** An object or a list that is open at the place in the text. */
interface Open {
  /** Those seen so far; `null` in a list. */
  readonly keys: Set<string> | null;
  /** Where in it the scan is. */
  key: string;
  index: number;
  expectsKey: boolean;
}

/**
 * What is written in a text and lost by `JSON.parse`, which says nothing: of two equal keys the first, digits of a large
 * integer, a number too large or too small for a double. Also counts keys, items of lists, and objects and lists. Only for
 * texts that did parse.
 */
export function jsonTextFaults(text: string): FieldError[] {
  const scan = new Scan(text);
  let offset = 0;
  while (offset < text.length && scan.faults.length < MAX_FAULTS && !scan.isTooMuch)
    offset = scan.step(offset);
  return scan.faults;
}

class Scan {
  readonly faults: FieldError[] = [];
  private readonly open: Open[] = [];
  /** Whether there is too much of something, and the rest is not worth reading. */
  isTooMuch = false;
  private keyCount = 0;
  private itemCount = 0;
  private containerCount = 0;

  constructor(private readonly text: string) {}

  /** @returns the offset behind what stands at this one */
  step(offset: number): number {
    const char = this.text.charAt(offset);
    if (char === '"') return this.string(offset);
    if (char === '-' || (char >= '0' && char <= '9')) return this.number(offset);
    if (char === '{' || char === '[') this.enter(char === '{');
    else if (char === '}' || char === ']') this.open.pop();
    else if (char === ',') this.next();
    return offset + 1;
  }

  private enter(isObject: boolean): void {
    this.open.push({ keys: isObject ? new Set() : null, key: '', index: 0, expectsKey: isObject });
    this.containerCount += 1;
    if (this.containerCount > MAX_CONTAINERS)
      this.tooMany('too_many_containers', `has more than ${MAX_CONTAINERS} objects and lists`);
  }

  private next(): void {
    const container = this.open.at(-1);
    if (!container) return;
    container.index += 1;
    container.expectsKey = container.keys !== null;
    if (container.keys === null) this.item();
  }

  private string(start: number): number {
    const end = endOfString(this.text, start);
    const container = this.open.at(-1);
    if (container?.expectsKey) this.key(container, JSON.parse(this.text.slice(start, end)) as string);
    return end;
  }

  private key(container: Open, key: string): void {
    container.key = key;
    container.expectsKey = false;
    if (container.keys?.has(key)) this.refuse('duplicate_key', 'stands here more than once');
    container.keys?.add(key);
    this.keyCount += 1;
    if (this.keyCount > MAX_KEYS) this.tooMany('too_many_keys', `has more than ${MAX_KEYS} keys`);
  }

  /** Called at the comma before it, and so for all items of a list but the first. */
  private item(): void {
    this.itemCount += 1;
    if (this.itemCount >= MAX_ITEMS) this.tooMany('too_many_items', `has more than ${MAX_ITEMS} list items`);
  }

  private tooMany(code: string, detail: string): void {
    this.faults.push({ pointer: '', code, detail });
    this.isTooMuch = true;
  }

  private number(start: number): number {
    NUMBER.lastIndex = start;
    const [written = ''] = NUMBER.exec(this.text) ?? [];
    const fault = faultOfNumber(written);
    if (fault !== null) this.refuse('out_of_range', fault);
    return start + Math.max(written.length, 1);
  }

  private refuse(code: string, detail: string): void {
    const steps = this.open.map(({ keys, key, index }) => (keys === null ? String(index) : key));
    this.faults.push({ pointer: steps.reduce(pointerTo, ''), code, detail });
  }
}

/** Behind the quote that no odd number of backslashes precedes. */
function endOfString(text: string, start: number): number {
  let end = start + 1;
  while (end < text.length && text.charAt(end) !== '"') end += text.charAt(end) === '\\' ? 2 : 1;
  return end + 1;
}

/** Decimals have more digits than a double keeps in any text; an integer that comes back with others is another one. */
function faultOfNumber(written: string): string | null {
  const value = Number(written);
  if (!Number.isFinite(value)) return 'is too large for a number';
  if (value === 0 && /^[^eE]*[1-9]/.test(written)) return 'is too small for a number';
  const isInteger = /^-?\d+$/.test(written);
  if (!isInteger || value === 0 || String(value) === written || value.toString().includes('e')) return null;
  return `would become ${value}: send it as text`;
}
