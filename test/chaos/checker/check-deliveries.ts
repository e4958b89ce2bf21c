import type { Allowances } from './allowances.js';
import { type Arrival, isAnsweredWell } from './history.js';
import { groupBy, type IndexedHistory } from './indexed-history.js';
import type { Finding } from './verdict.js';

/** Execution by execution: were its calls one after another, each for a reason? */
export function checkDeliveries(history: IndexedHistory, allowances: Allowances): Finding[] {
  const executions = [...history.arrivalsOfExecution.values()];
  return [
    ...executions.flatMap(sameAttempts),
    ...executions.flatMap((arrivals) => checkPairs(arrivals, allowances)),
    ...executions.flatMap((arrivals) => arrivals.flatMap((arrival) => givenUp(arrival, allowances))),
    ...overlapsOfSchedules(history, allowances),
  ];
}

function sameAttempts(arrivals: readonly Arrival[]): Finding[] {
  const byAttempt = groupBy(arrivals, ({ attempt }) => String(attempt));
  return [...byAttempt.values()].flatMap(([_, ...again]) =>
    again.map((arrival) => finding('DUP-SAME-ATTEMPT', null, arrival, 'again')),
  );
}

/** Two calls of one execution: the second must wait for the first's end, and needs a reason to come at all. */
function checkPairs(arrivals: readonly Arrival[], allowances: Allowances): Finding[] {
  return arrivals.slice(1).flatMap((next, index) => {
    const previous = arrivals[index];
    if (!previous || previous.attempt === next.attempt) return [];
    const excusedBy = allowances.faultThatCostTry(previous.at, next.at);
    if (next.at < endOf(previous))
      return [finding('OVERLAP', excusedBy, next, `while attempt ${previous.attempt} was open`)];
    const succeeded = arrivals.slice(0, index + 1).find(isAnsweredWell);
    if (!succeeded) return [];
    return [finding('DUP-AFTER-SUCCESS', excusedBy, next, `attempt ${succeeded.attempt} had succeeded`)];
  });
}

/** A call whose connection the scheduler closed: it believed the try over while the target was at work. */
function givenUp(arrival: Arrival, allowances: Allowances): Finding[] {
  if (arrival.status !== null || arrival.endedAt === null) return [];
  const excusedBy = allowances.faultThatCostTry(arrival.at, arrival.endedAt);
  return excusedBy === null ? [finding('FALSE-FAILURE', null, arrival, 'given up without a fault')] : [];
}

/** With `overlap: skip` no two runs of a schedule are open at once. */
function overlapsOfSchedules(history: IndexedHistory, allowances: Allowances): Finding[] {
  const exclusive = history.history.arrivals.filter(
    ({ scheduleId }) => history.schedules.get(scheduleId)?.overlap === 'skip',
  );
  const bySchedule = groupBy(exclusive, ({ scheduleId }) => scheduleId);
  return [...bySchedule.values()].flatMap((arrivals) => overlapsWithin(arrivals, allowances));
}

function overlapsWithin(arrivals: Arrival[], allowances: Allowances): Finding[] {
  arrivals.sort((a, b) => a.at - b.at);
  let open = arrivals[0];
  return arrivals.slice(1).flatMap((next) => {
    const previous = open;
    if (!previous || endOf(next) > endOf(previous)) open = next;
    if (!previous || previous.executionId === next.executionId || next.at >= endOf(previous)) return [];
    const excusedBy = allowances.faultThatCostTry(previous.at, next.at);
    return [finding('OVERLAP', excusedBy, next, `while ${previous.executionId} was open`)];
  });
}

function endOf({ endedAt }: Arrival): number {
  return endedAt ?? Infinity;
}

function finding(
  kind: Finding['class'],
  excusedBy: string | null,
  { executionId, attempt, at }: Arrival,
  what: string,
): Finding {
  const detail = `attempt ${attempt} called at ${new Date(at).toISOString()}: ${what}`;
  return { class: kind, excusedBy, executionId, detail };
}
