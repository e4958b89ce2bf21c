import { parseCronExpression } from './cron-expression.js';
import type { ScheduleSpec } from './schedule-spec.js';
import { WallTimes } from './wall-times.js';

/**
 * The least time between two instants that follow each other, in seconds; null for a schedule with one instant.
 *
 * Exact, whatever the expression: the times of one day are few, and the days repeat after 400 years. By the clock on the wall,
 * so that the two nights a year on which that clock is changed do not count: `0 1,3 * * *` is two hours apart, not one.
 * @param seed the schedule's id: `H` follows from it
 * @param enough a gap this long needs no exact answer: the result may then be less than the true gap, but not less than this
 */
export function shortestGapSeconds(spec: ScheduleSpec, seed: string, enough = Infinity): number | null {
  switch (spec.type) {
    case 'cron':
      return new WallTimes(parseCronExpression(spec.cronExpression, seed)).shortestGap(enough);
    case 'interval':
      return spec.intervalSeconds;
    case 'one_time':
      return null;
  }
}
