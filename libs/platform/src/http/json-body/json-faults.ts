import { type FieldError } from '@app/platform/problem';

/** Deep enough for any honest body; class-transformer and Postgres recurse, and neither survives 100,000 levels. */
const MAX_DEPTH = 64;
const MAX_FAULTS = 20;
/** Assigning one of these on the way through would change a prototype instead of adding a key. */
const PROTOTYPE_KEY = '__proto__';
/** With the `u` flag a whole pair is one code point, so that only a lone half matches. */
const HALF_SURROGATE = /\p{Surrogate}/u;

interface Place {
  readonly value: unknown;
  readonly pointer: string;
  readonly depth: number;
}

/**
 * What parses as JSON and yet cannot be kept faithfully: NUL and half surrogate pairs, which Postgres refuses in text
 * and jsonb; numbers too large for a double; a `__proto__` key; nesting without end. Walks without recursion.
 */
export function jsonFaults(body: unknown): FieldError[] {
  const faults: FieldError[] = [];
  const pending: Place[] = [{ value: body, pointer: '', depth: 0 }];
  while (pending.length > 0 && faults.length < MAX_FAULTS) {
    const place = pending.pop() as Place;
    const fault = faultAt(place);
    if (fault !== null) faults.push({ pointer: place.pointer, ...fault });
    else pending.push(...childrenOf(place));
  }
  return faults;
}

function faultAt({ value, depth, pointer }: Place): Omit<FieldError, 'pointer'> | null {
  if (depth > MAX_DEPTH)
    return { code: 'too_deep', detail: `must not be nested deeper than ${MAX_DEPTH} levels` };
  if (pointer.endsWith(`/${PROTOTYPE_KEY}`))
    return { code: 'unknown_property', detail: `${PROTOTYPE_KEY} is not a key` };
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

/** A key is checked as text too, in a place of its own. */
function childrenOf({ value, pointer, depth }: Place): Place[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) => {
    const at = `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
    const inside = { value: child, pointer: at, depth: depth + 1 };
    return Array.isArray(value) ? [inside] : [{ value: key, pointer: at, depth }, inside];
  });
}
