import { WINDOW_MS } from './budget.js';

export interface Window {
  readonly used: number;
  readonly endsAtMs: number;
}

/** At most this many. With one more, the oldest go, which are the first to be over. */
const MOST_WINDOWS = 50_000;
/** They go this many at a time: to find its first entry, a Map walks past all that were deleted before it. */
const GOING_AT_ONCE = 5_000;

/** Windows by what is counted in them. */
export class Windows {
  /** In the order in which they begin, and thus end. */
  private readonly windows = new Map<string, Window>();

  /** The window that is still running, or else a new one that nobody has used yet. */
  at(key: string, now: number): Window {
    const window = this.windows.get(key);
    return window !== undefined && window.endsAtMs > now ? window : { used: 0, endsAtMs: now + WINDOW_MS };
  }

  keep(key: string, window: Window): void {
    if (window.used === 1) this.windows.delete(key); // One that begins is the last to end.
    this.windows.set(key, window);
    if (this.windows.size > MOST_WINDOWS) this.forgetOldest();
  }

  private forgetOldest(): void {
    for (const key of this.windows.keys()) {
      if (this.windows.size <= MOST_WINDOWS - GOING_AT_ONCE) return;
      this.windows.delete(key);
    }
  }
}
