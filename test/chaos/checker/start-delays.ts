import type { Allowances } from './allowances.js';
import type { IndexedHistory } from './indexed-history.js';

/** Start delays of instants that no fault touched, in ms; null when there is none. */
export interface DelayFigures {
  readonly count: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly max: number | null;
}

export function startDelays(history: IndexedHistory, allowances: Allowances): DelayFigures {
  const measured = history.instants
    .filter(({ scheduledFor }) => allowances.isFaultFree(scheduledFor))
    .flatMap((instant) => {
      const first = history.arrivalsAt(instant)[0];
      return first ? [first.at - instant.scheduledFor] : [];
    })
    .sort((a, b) => a - b);
  return {
    count: measured.length,
    p50: quantile(measured, 0.5),
    p99: quantile(measured, 0.99),
    max: quantile(measured, 1),
  };
}

/** Nearest rank. */
function quantile(ascending: readonly number[], q: number): number | null {
  return ascending[Math.max(0, Math.ceil(ascending.length * q) - 1)] ?? null;
}
