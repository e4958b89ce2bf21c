import type { EntityManager } from 'typeorm';
import { demandInterval } from '@app/access';
import { shortestGapSeconds } from './domain/shortest-gap.js';
import { scheduleSpecOf } from './domain/schedule-timing.js';
import type { Schedule } from './domain/schedule.js';

/**
 * Keeps a schedule that is stored from firing more often than its service may.
 * @param before what it was; as long as its rhythm is the same, a quota that has come since leaves it alone
 * @throws ProblemError `quota_exceeded`
 */
export function demandSlowEnough(tx: EntityManager, after: Schedule, before?: Schedule): Promise<void> {
  if (after.type === 'one_time' || (before && isSameRhythm(before, after))) return Promise.resolve();
  return demandInterval(tx, after.service, {
    pointer: after.type === 'cron' ? '/cronExpression' : '/intervalSeconds',
    shortestSeconds: (least) => shortestGapSeconds(scheduleSpecOf(after), after.id, least) ?? Infinity,
  });
}

/** Zone and bounds move the instants, and leave the time between them as it is. */
function isSameRhythm(a: Schedule, b: Schedule): boolean {
  return (
    a.type === b.type && a.cronExpression === b.cronExpression && a.intervalSeconds === b.intervalSeconds
  );
}
