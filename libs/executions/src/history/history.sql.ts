import {
  bytesOf,
  type Condition,
  type Statement,
  USUAL_ROWS,
  whereOf,
  withinPageBytes,
} from '@app/platform/database';
import { lowestIdAt, scheduledForOf } from '../domain/execution-id.js';
import { type ExecutionState, isFinal, RETRYABLE_STATES } from '../domain/execution-state.js';
import type { Execution, Trigger } from '../domain/execution.js';
import { BAD_END, RETRYABLE_END } from '../executions.sql.js';

/** What a list shows of an execution: all but its attempts, which only the execution itself has. */
export type ExecutionSummary = Pick<
  Execution,
  | 'id'
  | 'jobId'
  | 'jobVersion'
  | 'scheduleId'
  | 'trigger'
  | 'state'
  | 'reason'
  | 'reasonDetail'
  | 'hold'
  | 'scheduledFor'
  | 'createdAt'
  | 'queuedAt'
  | 'startedAt'
  | 'finishedAt'
  | 'cancelRequestedAt'
  | 'attempt'
  | 'maxAttempts'
  | 'parameters'
  | 'result'
  | 'error'
  | 'retryOf'
>;

export interface HistoryFilter {
  readonly jobId?: string;
  readonly scheduleId?: string;
  /** Any of them. */
  readonly states?: readonly ExecutionState[];
  /** Any of them. */
  readonly triggers?: readonly Trigger[];
  /** `scheduledFor` in [from, to). */
  readonly from?: Date;
  readonly to?: Date;
}

/** Newest first, starting below `beforeId`. */
export interface HistoryWindow {
  readonly limit: number;
  readonly beforeId?: string;
}

/** A page of 200 outputs at their full 64 KB would be 12 MB; whoever needs one whole asks for its execution. */
export const LISTED_OUTPUT_CHARACTERS = 1_024;

const SUMMARY = `
    e.id, e.job_id AS "jobId", e.job_version AS "jobVersion", e.schedule_id AS "scheduleId", e.trigger, e.state, e.reason,
    e.reason_detail AS "reasonDetail", e.hold, e.scheduled_for AS "scheduledFor", e.created_at AS "createdAt",
    e.queued_at AS "queuedAt", e.started_at AS "startedAt", e.finished_at AS "finishedAt",
    e.cancel_requested_at AS "cancelRequestedAt", e.attempt, e.max_attempts AS "maxAttempts", e.parameters, e.error,
    e.retry_of AS "retryOf",
    CASE WHEN length(e.result ->> 'output') > ${LISTED_OUTPUT_CHARACTERS}
         THEN e.result || jsonb_build_object('output', left(e.result ->> 'output', ${LISTED_OUTPUT_CHARACTERS}), 'truncated', true)
         ELSE e.result END AS result, ${bytesOf('e.parameters')} AS bytes`;

export const STATE_OF = `SELECT state FROM executions WHERE id = $1 AND scheduled_for = $2 AND service = $3`;

/**
 * One page of history, newest first: an id begins with its `scheduled_for`, so both orders are the same, and each has the
 * index that serves it. The histories of a job, a schedule and a service are prepared: planning them over all partitions
 * takes longer than reading a page.
 */
export function listExecutions(service: string, filter: HistoryFilter, window: HistoryWindow): Statement {
  const { where, parameters } = whereOf(conditionsOf(service, filter, window));
  const order: Order = (row) => `${filter.scheduleId ? `${row}.scheduled_for DESC, ` : ''}${row}.id DESC`;
  const form = asksOnlyFor(filter, isOpen) ? pageOfOpen : pageInOrder;
  if (asksOnlyFor(filter, isRetryable)) where.push(RETRYABLE_END);
  else if (asksOnlyFor(filter, isBadEnd)) where.push(BAD_END);

  return {
    sql: withinPageBytes(form(where.join(' AND '), order, window.limit)),
    parameters,
    preparedAs: preparedName(filter, window),
  };
}

/** A text and so a name for each combination; what is narrowed further is asked for too rarely, and has too many. */
function preparedName(filter: HistoryFilter, { beforeId, limit }: HistoryWindow): string | undefined {
  if (limit !== USUAL_ROWS) return undefined;
  const { jobId, scheduleId, ...rest } = filter;
  if (Object.values(rest).some((value) => value !== undefined)) return undefined;
  return ['history', jobId && 'of_job', scheduleId && 'of_schedule', beforeId && 'below']
    .filter(Boolean)
    .join('_');
}

/** @param row the name of the row that is put in order */
type Order = (row: string) => string;

/** Along an index that has this order already. */
function pageInOrder(where: string, order: Order, limit: number): string {
  return `
  SELECT ${SUMMARY}
  FROM executions e
  WHERE ${where}
  ORDER BY ${order('e')}
  LIMIT ${limit}`;
}

/**
 * What has not ended is little, and anywhere in a long history: it is taken from the index of the unfinished and sorted.
 * OFFSET 0, twice: the first keeps the planner from walking down the whole history in order, the second keeps PostgreSQL 16
 * from doing so for the join (2.3 s beside 300,000 executions; 17 knows what order a CTE has).
 */
function pageOfOpen(where: string, order: Order, limit: number): string {
  return `
  WITH page AS MATERIALIZED (
    SELECT e.id, e.scheduled_for
    FROM (SELECT e.id, e.scheduled_for FROM executions e WHERE e.phase <> 'final' AND ${where} OFFSET 0) e
    ORDER BY ${order('e')}
    LIMIT ${limit}
  )
  SELECT ${SUMMARY}
  FROM page, LATERAL (
    SELECT * FROM executions e WHERE e.id = page.id AND e.scheduled_for = page.scheduled_for OFFSET 0
  ) e
  ORDER BY ${order('page')}`;
}

function asksOnlyFor({ states }: HistoryFilter, belongs: (state: ExecutionState) => boolean): boolean {
  return states !== undefined && states.length > 0 && states.every(belongs);
}

function isOpen(state: ExecutionState): boolean {
  return !isFinal(state);
}

function isRetryable(state: ExecutionState): boolean {
  return RETRYABLE_STATES.includes(state);
}

function isBadEnd(state: ExecutionState): boolean {
  return isFinal(state) && state !== 'succeeded';
}

/**
 * A job of another service is none: to walk over its runs and drop each would take as long as it has runs, and tell so.
 *
 * An instant narrows both columns: `scheduled_for` prunes partitions, and the id, which begins with the same instant, bounds
 * the walk over the index within a partition.
 */
export function conditionsOf(
  service: string,
  { jobId, scheduleId, states, triggers, from, to }: HistoryFilter,
  { beforeId }: HistoryWindow,
): Condition[] {
  return [
    ['e.service = ?', service],
    ['e.job_id = (SELECT id FROM jobs WHERE id = ? AND service = $1)', jobId],
    ['e.schedule_id = ?', scheduleId],
    ['e.state = ANY(?::text[])', states],
    ['e.trigger = ANY(?::text[])', triggers],
    ['e.scheduled_for >= ?', from],
    ['e.id >= ?', from && lowestIdAt(from)],
    ['e.scheduled_for < ?', to],
    ['e.id < ?', to && lowestIdAt(to)],
    ['e.scheduled_for <= ?', beforeId && scheduledForOf(beforeId)],
    ['e.id < ?', beforeId],
  ];
}
