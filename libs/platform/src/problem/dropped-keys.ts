import { type FieldError } from './problem-error.js';
import { pointerTo, shownKey } from './pointer.js';

/**
 * Keys that were sent and are not in what class-transformer made of them. It leaves out those that name a member of
 * every object (`constructor`, `toString`), and what is left out silently is a setting that silently does nothing.
 */
export function droppedKeys(sent: unknown, received: unknown, parent = ''): FieldError[] {
  if (sent === received || !isObject(sent) || !isObject(received)) return [];
  if (Array.isArray(sent) !== Array.isArray(received)) return [];
  return Object.keys(sent).flatMap((key) => {
    const pointer = pointerTo(parent, key);
    if (Object.hasOwn(received, key)) return droppedKeys(sent[key], received[key], pointer);
    return [{ pointer, code: 'unknown_property', detail: `${shownKey(key)} is not allowed here` }];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
