import { Allowances } from './allowances.js';
import { compareMatchings, type MatchingResult } from './blind-matching.js';
import { checkDeliveries } from './check-deliveries.js';
import { checkFence } from './check-fence.js';
import { checkInstants } from './check-instants.js';
import { checkRows } from './check-rows.js';
import { type DelayFigures, startDelays } from './start-delays.js';
import type { History } from './history.js';
import { IndexedHistory } from './indexed-history.js';
import { type Finding, violations } from './verdict.js';

/** How much was looked at: a zero means nothing without it. */
export interface Counted {
  readonly instants: number;
  readonly faultFreeInstants: number;
  readonly calls: number;
  readonly repeatedCalls: number;
  readonly rows: number;
  readonly faults: number;
}

export interface Verdict {
  readonly isGood: boolean;
  readonly findings: readonly Finding[];
  readonly counted: Counted;
  readonly matching: MatchingResult;
  readonly delays: DelayFigures;
}

export interface CheckOptions {
  /** Start delay allowed while nothing is broken. */
  readonly lateMs: number;
}

/** The whole judgement, from the history alone. */
export function checkHistory(history: History, { lateMs }: CheckOptions): Verdict {
  const indexed = new IndexedHistory(history);
  const allowances = new Allowances(history.faults, lateMs);
  const findings = [
    ...checkInstants(indexed, allowances),
    ...checkRows(indexed, allowances),
    ...checkDeliveries(indexed, allowances),
    ...checkFence(indexed),
  ];
  const matching = compareMatchings(indexed, allowances);
  return {
    isGood: violations(findings).length === 0 && matching.disagreements.length === 0,
    findings,
    counted: count(indexed, allowances),
    matching,
    delays: startDelays(indexed, allowances),
  };
}

function count({ history, instants, arrivalsOfExecution }: IndexedHistory, allowances: Allowances): Counted {
  return {
    instants: instants.length,
    faultFreeInstants: instants.filter(({ scheduledFor }) => allowances.isFaultFree(scheduledFor)).length,
    calls: history.arrivals.length,
    repeatedCalls: history.arrivals.length - arrivalsOfExecution.size,
    rows: history.rows.length,
    faults: history.faults.length,
  };
}
