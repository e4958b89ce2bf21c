import { type Allowances, EARLY_SLACK_MS } from './allowances.js';
import { isRecord, isUnfinished, type Row } from './history.js';
import type { DueInstant, IndexedHistory } from './indexed-history.js';
import { isLegitimateSkip } from './legitimate-skip.js';
import type { Finding, VerdictClass } from './verdict.js';

/** The longest recovery the contract knows: who is later than that was not merely slow. */
export const VERY_LATE_MS = 30_000;

/** Instant by instant, matched by identity: is there one row, did it reach the target, and when? */
export function checkInstants(history: IndexedHistory, allowances: Allowances): Finding[] {
  return history.instants.flatMap((instant) => {
    const rows = history.rowsAt(instant);
    const [row] = rows;
    if (!row) return checkWithoutRow(history, instant);
    return [...rows.slice(1).map(duplicateOf), ...checkRow(history, allowances, instant, row)];
  });
}

/** A call without a row is an ORPHAN, and told there. */
function checkWithoutRow(history: IndexedHistory, instant: DueInstant): Finding[] {
  if (history.arrivalsAt(instant).length > 0) return [];
  return [finding('SILENT-MISS', null, instant, 'no row and no call')];
}

function duplicateOf({ executionId, scheduleId, scheduledFor }: Row): Finding {
  const detail = `another row of ${scheduleId} at ${new Date(scheduledFor).toISOString()}`;
  return { class: 'DUP-ROW', excusedBy: null, executionId, detail };
}

function checkRow(history: IndexedHistory, allowances: Allowances, instant: DueInstant, row: Row): Finding[] {
  if (isRecord(row)) return checkRecord(history, instant, row);
  const first = history.arrivalsAt(instant)[0];
  if (!first) return checkNeverCalled(allowances, instant, row);
  const delayMs = first.at - instant.scheduledFor;
  const overdueMs = first.at - allowances.deadlineOf(instant.scheduledFor);
  if (delayMs < -EARLY_SLACK_MS) return [finding('EARLY', row, instant, `${-delayMs} ms early`)];
  if (overdueMs > VERY_LATE_MS) return [finding('VERY-LATE', row, instant, `after ${delayMs} ms`)];
  if (overdueMs > 0) return [finding('LATE', row, instant, `after ${delayMs} ms`)];
  return [];
}

function checkRecord(history: IndexedHistory, instant: DueInstant, row: Row): Finding[] {
  if (isLegitimateSkip(history, row)) return [];
  return [finding('LOST', row, instant, `recorded as ${row.state} (${row.reason}) without a cause`)];
}

/** What is not final is STUCK and what succeeded a GHOST-SUCCESS, told elsewhere; any other end without a call is a loss. */
function checkNeverCalled(allowances: Allowances, instant: DueInstant, row: Row): Finding[] {
  if (isUnfinished(row) || row.state === 'succeeded') return [];
  const until = row.finishedAt ?? Infinity;
  const excusedBy =
    instant.schedule.deliveryGuarantee === 'at_most_once'
      ? allowances.faultThatCostTry(instant.scheduledFor, until)
      : null;
  return [
    { ...finding('LOST', row, instant, `${row.state} (${row.errorType}) and never called`), excusedBy },
  ];
}

function finding(kind: VerdictClass, row: Row | null, instant: DueInstant, what: string): Finding {
  const { schedule, scheduledFor } = instant;
  const detail = `${schedule.scheduleId} at ${new Date(scheduledFor).toISOString()}: ${what}`;
  return { class: kind, excusedBy: null, executionId: row?.executionId ?? null, detail };
}
