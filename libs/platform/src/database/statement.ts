import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import { isPassingFailure } from './postgres-error.js';

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

/**
 * The same for a statement that runs many times a second: the server keeps its plan under `name`, where planning over all
 * partitions would cost more than a small batch itself. Not for use inside a transaction.
 */
export async function preparedRowsOf<Row extends object>(
  dataSource: DataSource,
  name: string,
  sql: string,
  parameters: readonly unknown[],
): Promise<Row[]> {
  const { master } = dataSource.driver as unknown as { readonly master: Pool };
  // Not the pool's own query(): that one runs in the context of whoever gave the connection back.
  const connection = await master.connect();
  let broken: Error | undefined;
  // The statement fails as well; but an error that nobody listens for would end the process.
  const onBroken = (error: Error) => (broken = error);
  connection.on('error', onBroken);
  try {
    const { rows } = await connection.query<Row>({ name, text: sql, values: [...parameters] });
    return rows;
  } catch (error) {
    if (isPassingFailure(error)) broken = error as Error;
    throw error;
  } finally {
    connection.removeListener('error', onBroken);
    connection.release(broken);
  }
}

/** The same for a statement that gives one row, or null for none. */
export async function preparedRowOf<Row extends object>(
  dataSource: DataSource,
  name: string,
  sql: string,
  parameters: readonly unknown[],
): Promise<Row | null> {
  const [row] = await preparedRowsOf<Row>(dataSource, name, sql, parameters);
  return row ?? null;
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
