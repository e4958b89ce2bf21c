import { validationProblem } from '@app/platform/problem';

/** What a place in a keyset cursor may hold. */
export type CursorPart = 'string' | 'integer' | 'uuid' | 'timestamp';

type ValueOf<P extends CursorPart> = P extends 'integer' ? number : string;
type ValuesOf<S extends readonly CursorPart[]> = { [I in keyof S]: ValueOf<S[I]> };

const CHECKS: Readonly<Record<CursorPart, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string' && !value.includes('\0'),
  integer: (value) => Number.isSafeInteger(value),
  uuid: (value) => typeof value === 'string' && /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(value),
  timestamp: (value) =>
    typeof value === 'string' && ISO_INSTANT.test(value) && !Number.isNaN(Date.parse(value)),
};
/** As `toISOString` writes it; `Date.parse` alone takes `2031-01-01 (noon)` too, which Postgres does not. */
const ISO_INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** The sort keys of the last row shown, as text that clients pass back without looking into it. */
export function encodeCursor(values: readonly unknown[]): string {
  return Buffer.from(JSON.stringify(values)).toString('base64url');
}

/**
 * The sort keys in a cursor, checked against the shape its list writes: `decodeCursor(text, ['timestamp', 'uuid'])`.
 * @throws ProblemError invalid, at `/cursor`
 */
export function decodeCursor<const S extends readonly CursorPart[]>(cursor: string, shape: S): ValuesOf<S> {
  const values = parse(cursor);
  const fits =
    Array.isArray(values) &&
    values.length === shape.length &&
    shape.every((part, index) => CHECKS[part](values[index]));
  if (!fits) throw badCursor();
  return values as ValuesOf<S>;
}

function parse(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw badCursor();
  }
}

function badCursor(): Error {
  const detail = 'cursor must be a nextCursor of this list, unchanged';
  return validationProblem([{ pointer: '/cursor', code: 'invalid_cursor', detail }]);
}
