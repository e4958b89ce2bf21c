import { type Condition, type Statement, whereOf } from '@app/platform/database';
import { scheduledForOf } from '../domain/execution-id.js';
import { conditionsOf, type HistoryFilter } from '../history/history.sql.js';
import { RETRYABLE_END } from '../executions.sql.js';
import { type BulkFilter, type BulkOperation, statesFor } from './domain/bulk-operation.js';

/** What of an operation says which executions it is about. */
export type Selection = Pick<BulkOperation, 'service' | 'action' | 'filter'> & {
  /** null = whatever there is now. */
  readonly createdAt: Date | null;
  readonly afterId: string | null;
};

/**
 * `WHERE` for the executions that an operation has still to act on. What it has acted on fits no more, which makes a batch
 * that is repeated harmless: a cancelled one has `cancel_requested_at`, a retried one has `retried_as`. Each action names the
 * condition of the partial indexes that hold what it looks for, so that it reads nothing of a long history besides.
 */
export function matching(selection: Selection): Statement {
  const { where, parameters } = whereOf(conditionsFor(selection));
  return { sql: [...where, ...POSSIBLE[selection.action]].join(' AND '), parameters };
}

const POSSIBLE = {
  cancel: [`e.phase <> 'final'`, 'e.cancel_requested_at IS NULL'],
  retry: [RETRYABLE_END, 'e.retried_as IS NULL'],
} as const;

function conditionsFor({ service, action, filter, createdAt, afterId }: Selection): Condition[] {
  return [
    ...conditionsOf(service, historyFilterOf(filter), { limit: 0 }),
    ['e.created_at <= ?', createdAt ?? undefined],
    ['e.scheduled_for >= ?', afterId === null ? undefined : scheduledForOf(afterId)],
    ['e.id > ?', afterId ?? undefined],
    ['EXISTS (SELECT FROM jobs j WHERE j.id = e.job_id AND j.tags @> ARRAY[?::text])', filter.tag],
    ['e.state = ANY(?::text[])', action === 'retry' ? (filter.state ?? statesFor('retry')) : undefined],
  ];
}

function historyFilterOf({ state, jobId, scheduleId, trigger, from, to }: BulkFilter): HistoryFilter {
  return {
    states: state,
    jobId,
    scheduleId,
    triggers: trigger,
    from: from === undefined ? undefined : new Date(from),
    to: to === undefined ? undefined : new Date(to),
  };
}
