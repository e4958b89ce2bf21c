/** So many requests of somebody in a window of a minute, which begins with the first. */
export interface Budget {
  /** What is limited: shows in headers. */
  readonly name: 'key' | 'service' | 'address';
  /** Where it is counted. What stands in braces keeps the budgets of one request on one node of a Redis Cluster. */
  readonly key: string;
  readonly limit: number;
}

export const WINDOW_MS = 60_000;

/** How much of a budget is used, this request included, and when it is whole again. */
export interface Count {
  readonly used: number;
  readonly resetMs: number;
}

/** Either all budgets had room, or none was charged: a request that is refused costs nothing. */
export interface Counted {
  readonly isRefused: boolean;
  readonly counts: readonly Count[];
}

/** Takes one from each budget, if all have one left. */
export interface Counts {
  take(budgets: readonly Budget[]): Promise<Counted>;
}

/** The budget that refuses: of several, the one that is whole again last. */
export function refusing(budgets: readonly Budget[], { counts }: Counted): { budget: Budget; count: Count } {
  const full = budgets
    .map((budget, index) => ({ budget, count: counts[index] ?? { used: 0, resetMs: WINDOW_MS } }))
    .filter(({ budget, count }) => count.used >= budget.limit)
    .sort((a, b) => b.count.resetMs - a.count.resetMs);
  const [last] = full;
  if (last === undefined) throw new Error('No budget refuses');
  return last;
}

/** `RateLimit` and `RateLimit-Policy` as structured fields (draft-ietf-httpapi-ratelimit-headers-10). */
export function headersOf(budgets: readonly Budget[], { counts }: Counted): Record<string, string> {
  const limits = budgets.map(({ name, limit }, index) => {
    const { used = 0, resetMs = 0 } = counts[index] ?? {};
    return `"${name}";r=${Math.max(0, limit - used)};t=${Math.ceil(resetMs / 1_000)}`;
  });
  const policies = budgets.map(({ name, limit }) => `"${name}";q=${limit};w=${WINDOW_MS / 1_000}`);
  return { RateLimit: limits.join(', '), 'RateLimit-Policy': policies.join(', ') };
}
