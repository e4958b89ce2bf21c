import type { Schedule } from './schedule.js';

/** Why a schedule has ended; stored as its pauseReason. */
export type FinishReason = 'completed' | 'max_runs_reached' | 'end_at_passed' | 'run_at_passed';

/** A schedule that ended by itself; a paused one keeps the moment of its pause. */
export function isFinished({ active, pausedAt }: Schedule): boolean {
  return !active && pausedAt === null;
}

/** How often the schedule may still run. */
export function runsLeftOf({ maxRuns, runCount }: Schedule): number {
  return maxRuns === null ? Infinity : Math.max(0, maxRuns - runCount);
}

/** Why there is no further instant. */
export function endReasonOf({ type, endAt }: Schedule): FinishReason {
  return type === 'one_time' || endAt === null ? 'completed' : 'end_at_passed';
}

/** The same where the last instant passed while the job was inactive: nothing was completed by that. */
export function endReasonWhileInactive(schedule: Schedule): FinishReason {
  return schedule.type === 'one_time' ? 'run_at_passed' : endReasonOf(schedule);
}
