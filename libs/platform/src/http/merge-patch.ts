import { isJsonObject } from '@app/platform/problem';

/**
 * `target` with `patch` applied as RFC 7396 says: `null` removes, objects merge, all else replaces. Neither argument is
 * changed. Keys are defined, not assigned, so that `__proto__` is a key like any other.
 */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isJsonObject(patch)) return patch;
  const entries = new Map(Object.entries(isJsonObject(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) entries.delete(key);
    else entries.set(key, applyMergePatch(entries.get(key), value));
  }
  return Object.fromEntries(entries);
}
