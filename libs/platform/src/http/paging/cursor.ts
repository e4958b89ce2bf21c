import { validationProblem } from '@app/platform/problem';
import { UUID } from '../uuid.js';

/** What a place in a keyset cursor may hold. */
export type CursorPart = 'string' | 'integer' | 'uuid' | 'timestamp';

type ValueOf<P extends CursorPart> = P extends 'integer' ? number : string;
export type ValuesOf<S extends readonly CursorPart[]> = { [I in keyof S]: ValueOf<S[I]> };

const CHECKS: Readonly<Record<CursorPart, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string' && !value.includes('\0'),
  integer: (value) => Number.isSafeInteger(value),
  uuid: (value) => typeof value === 'string' && UUID.test(value),
  timestamp: (value) =>
    typeof value === 'string' && ISO_INSTANT.test(value) && !Number.isNaN(Date.parse(value)),
};
/** As `toISOString` writes it; `Date.parse` alone takes `2031-01-01 (noon)` too, which Postgres does not. */
const ISO_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * The cursors of one list, which no other list takes: the sort keys of the last row shown, as text that clients pass back
 * without looking into it. @param shape of the sort keys, such as `['timestamp', 'uuid']`
 */
export function cursorOf<const S extends readonly CursorPart[]>(list: string, shape: S): ListCursor<S> {
  return {
    write: (values) => Buffer.from(JSON.stringify([list, ...values])).toString('base64url'),
    read(cursor) {
      if (cursor === undefined) return null;
      const [name, ...values] = parse(cursor);
      const fits =
        name === list &&
        values.length === shape.length &&
        shape.every((part, index) => CHECKS[part](values[index]));
      if (!fits) throw badCursor();
      return values as ValuesOf<S>;
    },
  };
}

export interface ListCursor<S extends readonly CursorPart[]> {
  write(values: ValuesOf<S>): string;
  /** Null without a cursor. @throws ProblemError invalid, at `/cursor` */
  read(cursor: string | undefined): ValuesOf<S> | null;
}

function parse(cursor: string): unknown[] {
  try {
    const values: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    if (Array.isArray(values)) return values;
  } catch {
    // Not one of ours.
  }
  throw badCursor();
}

function badCursor(): Error {
  const detail = 'cursor must be a nextCursor of this list, unchanged';
  return validationProblem([{ pointer: '/cursor', code: 'invalid_cursor', detail }]);
}
