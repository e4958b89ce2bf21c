import { isRecord, type Row } from './history.js';
import type { IndexedHistory } from './indexed-history.js';

/** A run's end and the firing that looked for it are two transactions, whose `now()` is that of their beginning. */
const TRANSACTION_SLACK_MS = 2_000;

/** Skipped for an earlier run of the same schedule that was indeed unfinished then. */
export function isLegitimateSkip(history: IndexedHistory, row: Row): boolean {
  const schedule = history.schedules.get(row.scheduleId ?? '');
  if (row.state !== 'skipped' || row.reason !== 'overlap' || schedule?.overlap !== 'skip') return false;
  const siblings = history.rowsOfSchedule.get(schedule.scheduleId) ?? [];
  return siblings.some((other) => blocks(other, row));
}

function blocks(other: Row, skipped: Row): boolean {
  if (isRecord(other) || other.scheduledFor >= skipped.scheduledFor) return false;
  return other.finishedAt === null || other.finishedAt >= skipped.createdAt - TRANSACTION_SLACK_MS;
}
