import type { Clock } from '@app/platform/clock';

/** Real time, and as far ahead of it as a test says. */
export class ShiftedClock implements Clock {
  private aheadMs = 0;

  advance(milliseconds: number): void {
    this.aheadMs += milliseconds;
  }

  now(): Date {
    return new Date(Date.now() + this.aheadMs);
  }

  monotonicMs(): number {
    return performance.now();
  }
}
