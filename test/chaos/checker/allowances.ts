import type { Fault } from './history.js';

/** On one clock, calls arrive after their instant; this much is for the rounding of times to milliseconds. */
export const EARLY_SLACK_MS = 2;

/** How late an instant may start, given what was broken meanwhile, and which fault excuses a second delivery. */
export class Allowances {
  private readonly faults: readonly Fault[];

  /** @param lateMs the start delay allowed when nothing is broken */
  constructor(
    faults: readonly Fault[],
    private readonly lateMs: number,
  ) {
    this.faults = [...faults].sort((a, b) => a.from - b.from);
  }

  /** An instant that falls due in a fault's window, or shortly before it, may wait until the window's end. */
  deadlineOf(scheduledFor: number): number {
    let deadline = scheduledFor + this.lateMs;
    for (const fault of this.faults) {
      const touches = fault.delaysStarts && fault.from <= deadline && scheduledFor <= windowEnd(fault);
      if (touches) deadline = Math.max(deadline, windowEnd(fault) + this.lateMs);
    }
    return deadline;
  }

  isFaultFree(scheduledFor: number): boolean {
    return this.deadlineOf(scheduledFor) === scheduledFor + this.lateMs;
  }

  /** The fault that may have cost a try which was under way at some moment of [from, to]; null without one. */
  faultThatCostTry(from: number, to: number): string | null {
    const fault = this.faults.find((one) => one.costsTries && one.from <= to && from <= longestEffect(one));
    return fault ? `${fault.kind} of ${fault.victim}` : null;
  }
}

/** Once everything due had been served again, nothing may be late on account of that fault. */
function windowEnd({ until, recoveryMs, recoveredAt }: Fault): number {
  return Math.min(until + recoveryMs, recoveredAt ?? Infinity);
}

/** A try that was lost may show later than the recovery: its target had been called, and only its lease told of the loss. */
function longestEffect({ until, recoveryMs }: Fault): number {
  return until + recoveryMs;
}
