import { type Budget, type Count, type Counted, type Counts, WINDOW_MS } from './budget.js';

interface Window {
  readonly used: number;
  readonly endsAtMs: number;
}

/** Beyond so many, windows that are over are thrown away. */
const MOST_WINDOWS = 50_000;

/** Counts of this process alone: where there is no Redis, and while it is away. */
export class MemoryCounts implements Counts {
  private readonly windows = new Map<string, Window>();

  constructor(private readonly monotonicMs: () => number) {}

  async take(budgets: readonly Budget[]): Promise<Counted> {
    const now = this.monotonicMs();
    if (this.windows.size > MOST_WINDOWS) this.dropPast(now);
    const windows = budgets.map(({ key }) => this.windowOf(key, now));
    const isRefused = budgets.some(({ limit }, index) => (windows[index]?.used ?? 0) >= limit);
    const taken = isRefused ? windows : windows.map((window) => ({ ...window, used: window.used + 1 }));
    if (!isRefused) budgets.forEach(({ key }, index) => this.windows.set(key, taken[index] as Window));
    return { isRefused, counts: taken.map((window) => countOf(window, now)) };
  }

  private windowOf(key: string, now: number): Window {
    const window = this.windows.get(key);
    return window !== undefined && window.endsAtMs > now ? window : { used: 0, endsAtMs: now + WINDOW_MS };
  }

  /** Where that frees nothing, somebody makes up names faster than they go: all begin anew. */
  private dropPast(now: number): void {
    for (const [key, { endsAtMs }] of this.windows) if (endsAtMs <= now) this.windows.delete(key);
    if (this.windows.size > MOST_WINDOWS) this.windows.clear();
  }
}

function countOf({ used, endsAtMs }: Window, now: number): Count {
  return { used, resetMs: Math.round(endsAtMs - now) };
}
