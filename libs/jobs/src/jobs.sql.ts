import { containing, type Statement, USUAL_ROWS, whereOf } from '@app/platform/database';

export interface JobFilter {
  readonly active?: boolean;
  /** A job has all of them. */
  readonly tags?: readonly string[];
  /** Part of the name or the description, in any case. */
  readonly q?: string;
}

/** Newest first, starting below `beforeId`. */
export interface JobWindow {
  readonly limit: number;
  readonly beforeId?: string;
}

/** Prepared: planning it would take longer than finding the row. @param columns of a job */
export function findJob(columns: string): string {
  return `SELECT ${columns} FROM jobs WHERE id = $1 AND service = $2`;
}

/** @param columns of a job */
export function listJobs(
  columns: string,
  service: string,
  { active, tags, q }: JobFilter,
  { limit, beforeId }: JobWindow,
): Statement {
  const { where, parameters } = whereOf([
    ['service = ?', service],
    ['id < ?', beforeId],
    ['active = ?', active],
    ['tags @> ?::text[]', tags?.length ? tags : undefined],
    ['(name ILIKE ? OR description ILIKE ?)', q ? containing(q) : undefined],
  ]);
  const isUsual = active === undefined && !tags?.length && !q && limit === USUAL_ROWS;
  return {
    sql: `
      SELECT ${columns} FROM jobs WHERE deleted_at IS NULL AND ${where.join(' AND ')}
      ORDER BY id DESC LIMIT ${limit}`,
    parameters,
    ...(isUsual && { preparedAs: beforeId === undefined ? 'jobs' : 'jobs_below' }),
  };
}
