import type { Instants } from './instants.js';
import { ScheduleSpecError } from './schedule-spec-error.js';
import type { OneTimeSpec } from './schedule-spec.js';

/** Whether `runAt` is in the past is for the caller to say, who has the clock. */
export function compileOneTime(spec: OneTimeSpec): Instants {
  const runAt = spec.runAt.getTime();
  if (Number.isNaN(runAt)) throw new ScheduleSpecError('invalid_instant', 'runAt', 'runAt is not an instant');

  const isIn = (after: number, until: number) => runAt > after && runAt <= until;
  return {
    nextAfter: (after) => (runAt > after ? runAt : null),
    latestAtOrBefore: (at, after) => (isIn(after, at) ? runAt : null),
    countIn: (after, until) => (isIn(after, until) ? 1 : 0),
  };
}
