import { type CursorPart, type ListCursor, type ValuesOf } from './cursor.js';

export interface Page<T> {
  readonly items: T[];
  /** `null` on the last page. */
  readonly nextCursor: string | null;
}

/**
 * A page out of rows read with `LIMIT limit + 1`: the row too many only says that there are more. Rows that were read
 * `withinPageBytes` say so themselves where they were cut.
 * @param keyOf the sort keys of a row
 */
export function pageOf<T, S extends readonly CursorPart[]>(
  rows: readonly T[],
  limit: number,
  cursor: ListCursor<S>,
  keyOf: (row: T) => ValuesOf<S>,
): Page<T> {
  const items = rows.slice(0, limit);
  const last = items.at(-1);
  const hasMore = last !== undefined && (rows.length > limit || isFollowed(last));
  return { items, nextCursor: hasMore ? cursor.write(keyOf(last)) : null };
}

function isFollowed(row: unknown): boolean {
  return typeof row === 'object' && row !== null && 'followed' in row && row.followed === true;
}

export function mapPage<T, U>(page: Page<T>, map: (item: T) => U): Page<U> {
  return { items: page.items.map(map), nextCursor: page.nextCursor };
}
