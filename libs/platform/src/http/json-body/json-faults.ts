import { type FieldError, pointerTo } from '@app/platform/problem';

/** Deep enough for any honest body; class-transformer and Postgres recurse, and neither survives 100,000 levels. */
const MAX_DEPTH = 64;
const MAX_FAULTS = 20;
/** Both change what an object is where code on the way copies it; class-transformer fails outright on the second. */
const REFUSED_KEYS = new Set(['__proto__', 'constructor']);
/** With the `u` flag a whole pair is one code point, so that only a lone half matches. */
const HALF_SURROGATE = /\p{Surrogate}/u;

interface Place {
  readonly key: string;
  readonly value: unknown;
  readonly pointer: string;
  readonly depth: number;
}

/**
 * What parses as JSON and yet cannot be kept faithfully: NUL and half surrogate pairs, which Postgres refuses in text
 * and jsonb; numbers too large for a double; keys that change what an object is; nesting
 * without end. Walks without recursion.
 */
export function jsonFaults(body: unknown): FieldError[] {
  const faults: FieldError[] = [];
  const pending: Place[] = [{ key: '', value: body, pointer: '', depth: 0 }];
  while (pending.length > 0 && faults.length < MAX_FAULTS) {
    const place = pending.pop() as Place;
    const fault = faultAt(place);
    if (fault !== null) faults.push({ pointer: place.pointer, ...fault });
    // One by one: a list may be longer than a call takes arguments.
    else for (const child of childrenOf(place)) pending.push(child);
  }
  return faults;
}

function faultAt({ key, value, depth }: Place): Omit<FieldError, 'pointer'> | null {
  if (depth > MAX_DEPTH)
    return { code: 'too_deep', detail: `must not be nested deeper than ${MAX_DEPTH} levels` };
  if (REFUSED_KEYS.has(key)) return { code: 'unknown_property', detail: `${key} is not allowed as a key` };
  const faultInKey = faultInText(key);
  if (faultInKey !== null) return faultInKey;
  if (typeof value === 'string') return faultInText(value);
  if (value === Infinity || value === -Infinity)
    return { code: 'out_of_range', detail: 'is too large for a number' };
  return null;
}

function faultInText(text: string): Omit<FieldError, 'pointer'> | null {
  if (text.includes('\u0000')) return { code: 'invalid_text', detail: 'must not contain the NUL character' };
  if (HALF_SURROGATE.test(text)) return { code: 'invalid_text', detail: 'must be valid Unicode' };
  return null;
}

function childrenOf({ value, pointer, depth }: Place): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).map(([key, child]) => {
    return { key, value: child as unknown, pointer: pointerTo(pointer, key), depth: depth + 1 };
  });
}
