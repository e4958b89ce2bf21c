import type { Clock } from '@app/platform/clock';

/** Stands still at the time that a test sets; real time until then. */
export class TestClock implements Clock {
  private fixed: Date | null = null;

  set(time: string | null): void {
    this.fixed = time === null ? null : new Date(time);
  }

  now(): Date {
    return this.fixed ?? new Date();
  }

  monotonicMs(): number {
    return performance.now();
  }
}
