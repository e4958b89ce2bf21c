import type { DataSource } from 'typeorm';
import { preparedRowsOf, rowsOf } from './statement.js';

/** A statement whose text depends on what its caller asks for. */
export interface Statement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  /** One of the few texts that are asked for all the time: the server keeps its plan under this name. */
  readonly preparedAs?: string;
}

/**
 * The usual page of 50, and one row more that tells whether there is another page. Only with this limit, written into its
 * text, is a list prepared: for a limit that comes as a parameter the planner assumes a tenth of all rows, finds the kept
 * plan too expensive, and plans anew each time (1.3 ms over ten partitions, three times what reading the page takes).
 */
export const USUAL_ROWS = 51;

/** SQL with `?` where its value goes, and the value; undefined = the caller does not ask for it. */
export type Condition = readonly [condition: string, value: unknown];

/**
 * Only the conditions that a caller gave, with their parameters in the same order: a plan for `$1 IS NULL OR …` could use no
 * index and prune no partition.
 */
export function whereOf(conditions: readonly Condition[]): { where: string[]; parameters: unknown[] } {
  const given = conditions.filter(([, value]) => value !== undefined);
  return {
    where: given.map(([condition], index) => condition.replaceAll('?', () => `$${index + 1}`)),
    parameters: given.map(([, value]) => value),
  };
}

export function statementRowsOf<Row extends object>(
  dataSource: DataSource,
  { sql, parameters, preparedAs }: Statement,
): Promise<Row[]> {
  if (preparedAs === undefined) return rowsOf(dataSource, sql, parameters);
  return preparedRowsOf(dataSource, preparedAs, sql, parameters);
}
