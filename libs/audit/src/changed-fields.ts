import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { withoutSecrets } from '@app/platform/logging';
import type { Fields } from './audit-event.js';

/** The event says these itself, or every change has them. */
const IMPLIED = new Set(['id', 'service', 'createdAt', 'updatedAt', 'deletedAt']);

/** A body or a parameter may have a megabyte: that it changed is kept, and a digest to compare it by. */
const MAX_FIELD_CHARACTERS = 8_000;

export interface ChangedFields {
  readonly before: Fields | null;
  readonly after: Fields | null;
}

/** Both sides of what differs, without what looks like a secret. */
export function changedFields(before: object | null, after: object | null): ChangedFields {
  const [was, is] = [before as Fields | null, after as Fields | null];
  const names = [...new Set([...Object.keys(was ?? {}), ...Object.keys(is ?? {})])].filter(
    (name) => !IMPLIED.has(name) && !isDeepStrictEqual(was?.[name], is?.[name]),
  );
  return { before: shown(was, names), after: shown(is, names) };
}

function shown(fields: Fields | null, names: readonly string[]): Fields | null {
  if (fields === null) return null;
  const picked = Object.fromEntries(names.map((name) => [name, fields[name]]));
  const safe = withoutSecrets(picked) as Fields;
  return Object.fromEntries(names.map((name) => [name, shortened(safe[name])]));
}

function shortened(value: unknown): unknown {
  const text = JSON.stringify(value) ?? '';
  if (text.length <= MAX_FIELD_CHARACTERS) return value;
  return {
    omitted: 'too_large',
    characters: text.length,
    sha256: createHash('sha256').update(text).digest('hex'),
  };
}
