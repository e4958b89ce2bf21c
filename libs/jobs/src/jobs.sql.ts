import { recordChangeFrom } from '@app/audit';
import {
  bytesOf,
  containing,
  type Statement,
  USUAL_ROWS,
  whereOf,
  withinPageBytes,
  type WrittenColumn,
} from '@app/platform/database';
import type { Job } from './domain/job.js';

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

/**
 * A job and who made it, in one statement and so in one transaction: five of them took more than twice as long. No row, and
 * nothing made, where its service has a limit: that has to be locked and counted first. The event comes after the columns.
 */
export function createJob(columns: readonly WrittenColumn[]): string {
  const places = columns.map((_, index) => `$${index + 1}`).join(', ');
  return `
  WITH made AS (
    INSERT INTO jobs (${columns.map(({ name }) => name).join(', ')})
    SELECT ${places}
    WHERE NOT EXISTS (SELECT FROM services WHERE slug = ${placeOf(columns, 'service')} AND max_jobs IS NOT NULL)
    RETURNING id
  ), recorded AS (${recordChangeFrom('made', `$${columns.length + 1}`)}
  )
  SELECT id FROM made`;
}

/**
 * A job as it is to be and who changed it, likewise. No row, and nothing changed, where somebody else was first: the version
 * that was read is the one that is written over. The version that was read comes last, after the event.
 */
export function replaceJob(columns: readonly WrittenColumn[]): string {
  const assignments = columns.map(({ name }, index) => `${name} = $${index + 1}`).join(', ');
  return `
  WITH changed AS (
    UPDATE jobs SET ${assignments}
    WHERE id = ${placeOf(columns, 'id')} AND service = ${placeOf(columns, 'service')} AND deleted_at IS NULL
      AND version = $${columns.length + 2}
    RETURNING id
  ), recorded AS (${recordChangeFrom('changed', `$${columns.length + 1}`)}
  )
  SELECT id FROM changed`;
}

function placeOf(columns: readonly WrittenColumn[], property: keyof Job): string {
  return `$${columns.findIndex((column) => column.property === property) + 1}`;
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
    sql: withinPageBytes(`
      SELECT ${columns}, ${bytesOf('target', 'parameters')} AS bytes
      FROM jobs WHERE deleted_at IS NULL AND ${where.join(' AND ')}
      ORDER BY id DESC LIMIT ${limit}`),
    parameters,
    ...(isUsual && { preparedAs: beforeId === undefined ? 'jobs' : 'jobs_below' }),
  };
}
