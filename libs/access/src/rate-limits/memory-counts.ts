import type { Budget, Count, Counted, Counts } from './budget.js';
import { type Window, Windows } from './windows.js';

/** Counts of this process alone: where there is no Redis, and while it is away. */
export class MemoryCounts implements Counts {
  /**
   * Apart from the others: strangers may come from any number of addresses, and must not push out the counts of principals,
   * who would then begin anew.
   */
  private readonly ofAddresses = new Windows();
  private readonly ofPrincipals = new Windows();

  constructor(private readonly monotonicMs: () => number) {}

  async take(budgets: readonly Budget[]): Promise<Counted> {
    const now = this.monotonicMs();
    const windows = budgets.map((budget) => this.windowsFor(budget).at(budget.key, now));
    const isRefused = budgets.some(({ limit }, index) => (windows[index]?.used ?? 0) >= limit);
    const taken = isRefused ? windows : windows.map((window) => ({ ...window, used: window.used + 1 }));
    if (!isRefused)
      budgets.forEach((budget, index) => this.windowsFor(budget).keep(budget.key, taken[index] as Window));
    return { isRefused, counts: taken.map((window) => countOf(window, now)) };
  }

  private windowsFor({ name }: Budget): Windows {
    return name === 'address' ? this.ofAddresses : this.ofPrincipals;
  }
}

function countOf({ used, endsAtMs }: Window, now: number): Count {
  return { used, resetMs: Math.round(endsAtMs - now) };
}
