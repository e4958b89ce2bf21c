/** A connection pool, a transaction or a query runner: whatever runs hand-written SQL. */
export interface Queryable {
  query(sql: string, parameters?: unknown[]): Promise<unknown>;
}

/** Rows of a hand-written statement. TypeORM gives those of UPDATE and DELETE as `[rows, count]`, all others bare. */
export async function rowsOf<Row>(
  db: Queryable,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<Row[]> {
  const answer = (await db.query(sql, [...parameters])) as Row[] | [Row[], number];
  return Array.isArray(answer[0]) ? answer[0] : (answer as Row[]);
}

/** How many rows an UPDATE or DELETE touched. */
export async function countOf(
  db: Queryable,
  sql: string,
  parameters: readonly unknown[] = [],
): Promise<number> {
  const [, count] = (await db.query(sql, [...parameters])) as [unknown[], number];
  return count;
}
