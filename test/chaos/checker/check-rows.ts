import type { Allowances } from './allowances.js';
import { type Arrival, isAnsweredWell, isRecord, isUnfinished, type Row, slotOf } from './history.js';
import type { IndexedHistory } from './indexed-history.js';
import type { Finding, VerdictClass } from './verdict.js';

/** Row by row: does what the service says agree with what the target saw? */
export function checkRows(history: IndexedHistory, allowances: Allowances): Finding[] {
  const slots = new Set(
    history.instants.map(({ schedule, scheduledFor }) => slotOf({ ...schedule, scheduledFor })),
  );
  const rows = history.history.rows.flatMap((row) => checkRow(history, allowances, slots, row));
  const calls = history.history.arrivals.flatMap((arrival) => checkCall(history, arrival));
  return [...rows, ...calls];
}

function checkRow(
  history: IndexedHistory,
  allowances: Allowances,
  slots: ReadonlySet<string>,
  row: Row,
): Finding[] {
  if (!slots.has(slotOf(row))) return [finding('ORPHAN', row, `a row at ${slotOf(row)}, which is not due`)];
  if (isUnfinished(row)) return [finding('STUCK', row, `still ${row.state}`)];
  if (isRecord(row)) return [];
  const arrivals = history.arrivalsOfExecution.get(row.executionId) ?? [];
  return row.state === 'succeeded'
    ? checkSuccess(row, arrivals)
    : checkFailure(history, allowances, row, arrivals);
}

function checkSuccess(row: Row, arrivals: readonly Arrival[]): Finding[] {
  if (arrivals.some(isAnsweredWell)) return [];
  return [finding('GHOST-SUCCESS', row, `succeeded with ${arrivals.length} calls, none answered well`)];
}

/** The targets of a campaign always answer well in the end, so any other end is the scheduler's doing. */
function checkFailure(
  history: IndexedHistory,
  allowances: Allowances,
  row: Row,
  arrivals: readonly Arrival[],
): Finding[] {
  const [first] = arrivals;
  if (!first) return [];
  const guarantee = history.schedules.get(row.scheduleId ?? '')?.deliveryGuarantee;
  const mayBeGivenUp = guarantee === 'at_most_once' && row.errorType === 'worker_lost';
  const excusedBy = mayBeGivenUp ? allowances.faultThatCostTry(first.at, row.finishedAt ?? Infinity) : null;
  return [{ ...finding('FALSE-FAILURE', row, `${row.state} (${row.errorType})`), excusedBy }];
}

function checkCall(history: IndexedHistory, arrival: Arrival): Finding[] {
  const row = history.rowOfExecution.get(arrival.executionId);
  if (row && slotOf(row) === slotOf(arrival)) return [];
  const detail = row
    ? `called for ${slotOf(arrival)}, its row says ${slotOf(row)}`
    : 'called, and has no row';
  return [{ class: 'ORPHAN', excusedBy: null, executionId: arrival.executionId, detail }];
}

function finding(kind: VerdictClass, { executionId }: Row, detail: string): Finding {
  return { class: kind, excusedBy: null, executionId, detail };
}
