import { type FieldError, pointerTo } from '@app/platform/problem';

/**
 * The 20 levels that a free-form value may have, and four for the place where it stands. class-transformer and Postgres
 * recurse, and neither survives 100,000 levels.
 */
const MAX_DEPTH = 24;
const MAX_FAULTS = 20;
/** Both change what an object is where code on the way copies it; class-transformer fails outright on the second. */
const REFUSED_KEYS = new Set(['__proto__', 'constructor']);
/** With the `u` flag a whole pair is one code point, so that only a lone half matches. */
const HALF_SURROGATE = /\p{Surrogate}/u;

type Fault = Omit<FieldError, 'pointer'>;

/** An object or a list, and the way to it: the pointer is only spelled out for a fault. */
interface Container {
  readonly value: object;
  readonly key: string;
  readonly parent: Container | null;
  readonly depth: number;
}

/**
 * What parses as JSON and yet cannot be kept faithfully: NUL and half surrogate pairs, which Postgres refuses in text
 * and jsonb; keys that change what an object is; nesting without end. Walks without recursion, and without a trace for each of a million numbers.
 */
export function jsonFaults(body: unknown): FieldError[] {
  const root: Container = { value: { '': body }, key: '', parent: null, depth: -1 };
  const faults: FieldError[] = [];
  const pending: Container[] = [root];
  while (pending.length > 0 && faults.length < MAX_FAULTS) {
    const container = pending.pop() as Container;
    for (const key in container.value) {
      const value = (container.value as Record<string, unknown>)[key];
      const fault = faultOf(container, key, value);
      if (fault !== null) faults.push({ pointer: pointerOf(container, key), ...fault });
      else if (typeof value === 'object' && value !== null) {
        pending.push({ value, key, parent: container, depth: container.depth + 1 });
      }
    }
  }
  return faults.slice(0, MAX_FAULTS);
}

function faultOf({ value: container, depth }: Container, key: string, value: unknown): Fault | null {
  if (depth + 1 > MAX_DEPTH)
    return { code: 'too_deep', detail: `must not be nested deeper than ${MAX_DEPTH} levels` };
  const faultOfKey = Array.isArray(container) ? null : faultInKey(key);
  return faultOfKey ?? faultInValue(value);
}

function faultInKey(key: string): Fault | null {
  if (REFUSED_KEYS.has(key)) return { code: 'unknown_property', detail: `${key} is not allowed as a key` };
  return faultInText(key);
}

function faultInValue(value: unknown): Fault | null {
  return typeof value === 'string' ? faultInText(value) : null;
}

function faultInText(text: string): Fault | null {
  if (text.includes('\u0000')) return { code: 'invalid_text', detail: 'must not contain the NUL character' };
  if (HALF_SURROGATE.test(text)) return { code: 'invalid_text', detail: 'must be valid Unicode' };
  return null;
}

function pointerOf({ parent, key: containerKey }: Container, key: string): string {
  return parent === null ? '' : pointerTo(pointerOf(parent, containerKey), key);
}
