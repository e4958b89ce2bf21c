import { type Arrival, isRecord, type Row } from './history.js';
import type { IndexedHistory } from './indexed-history.js';
import type { Finding } from './verdict.js';

/** A row's end and the call's arrival are written by two processes: this much apart, their order means nothing. */
const ORDER_SLACK_MS = 50;
/** Outcomes of tries that did not count: a result that was refused stands beside the record of the loss. */
const NOT_COUNTED: readonly string[] = ['discarded'];

/** Did anybody act on an execution that had been taken away, or was over? No fault excuses that. */
export function checkFence(history: IndexedHistory): Finding[] {
  return history.history.rows
    .filter((row) => !isRecord(row))
    .flatMap((row) => {
      const arrivals = history.arrivalsOfExecution.get(row.executionId) ?? [];
      const once = history.schedules.get(row.scheduleId ?? '')?.deliveryGuarantee === 'at_most_once';
      const breaches = [
        ...staleCalls(arrivals),
        ...unknownAttempts(row, arrivals),
        ...callsAfterTheEnd(row, arrivals),
        ...doubleRecords(row),
        ...(once ? callsBeyondTheFirst(arrivals) : []),
      ];
      // One act of one zombie shows in several ways and is still one breach.
      return breaches.slice(0, 1).map((detail) => finding(row, detail));
    });
}

/** An older attempt that begins after a newer one: its worker had lost the run and did not know. */
function staleCalls(arrivals: readonly Arrival[]): string[] {
  let newest = 0;
  return arrivals.flatMap(({ attempt }) => {
    const isStale = attempt < newest;
    newest = Math.max(newest, attempt);
    return isStale ? [`attempt ${attempt} called after attempt ${newest}`] : [];
  });
}

/** A number that the row never gave out. */
function unknownAttempts(row: Row, arrivals: readonly Arrival[]): string[] {
  return arrivals
    .filter(({ attempt }) => attempt > row.attempt)
    .map(({ attempt }) => `attempt ${attempt} called, and the row counts ${row.attempt}`);
}

function callsAfterTheEnd({ finishedAt }: Row, arrivals: readonly Arrival[]): string[] {
  if (finishedAt === null) return [];
  return arrivals
    .filter(({ at }) => at > finishedAt + ORDER_SLACK_MS)
    .map(({ attempt, at }) => `attempt ${attempt} called ${at - finishedAt} ms after the end`);
}

function doubleRecords({ attempts }: Row): string[] {
  const counted = attempts.filter(({ outcome }) => !NOT_COUNTED.includes(outcome));
  const numbers = new Set(counted.map(({ attempt }) => attempt));
  return numbers.size === counted.length ? [] : ['one attempt was settled twice'];
}

function callsBeyondTheFirst(arrivals: readonly Arrival[]): string[] {
  return arrivals.slice(1).map(({ attempt }) => `an at-most-once run was called again (attempt ${attempt})`);
}

function finding({ executionId }: Row, detail: string): Finding {
  return { class: 'FENCE-BREACH', excusedBy: null, executionId, detail };
}
