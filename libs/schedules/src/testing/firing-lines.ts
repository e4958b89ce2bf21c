import type { PlannedFiring } from '../domain/planned-firing.js';
import { type FiringContext, type FiringPlan, planFirings } from '../domain/firing-plan.js';
import { compileRecurrence } from '../domain/recurrence.js';
import type { Schedule } from '../domain/schedule.js';
import { scheduleSpecOf } from '../domain/schedule-timing.js';
import { scheduleOf } from './schedule-of.js';

/** All of it on 2026-01-01, when the schedule of the tests is due since 00:00:00 and fires every ten seconds. */
export const at = (time: string) => Date.parse(`2026-01-01T${time}Z`);
export const IDLE = { activeCount: 0, heldCount: 0, blockingExecutionId: null };
export const RUNNING = { activeCount: 1, heldCount: 0, blockingExecutionId: 'running-id' };

export function plan(
  given: Partial<Schedule>,
  now: string,
  context: Partial<FiringContext> = {},
): FiringPlan {
  const schedule = scheduleOf(given);
  const recurrence = compileRecurrence(scheduleSpecOf(schedule), schedule, schedule.id);
  return planFirings(schedule, recurrence, { now: at(now), job: { active: true }, runs: IDLE, ...context });
}

/** `00:00:10 run`, `00:00:20 skipped overlap`, `00:05:00 missed misfire 00:00:00–00:05:00 ×31`. */
export function line({ scheduledFor, state, trigger, reason, reasonDetail, hold }: PlannedFiring): string {
  const clock = (instant: unknown) => new Date(instant as string | number).toISOString().slice(11, 19);
  const { from, to, count } = reasonDetail ?? {};
  const range = count === undefined ? '' : ` ${clock(from)}–${clock(to)} ×${count as number}`;
  const what = state === 'pending' ? (trigger === 'catchup' ? 'catchup' : 'run') : `${state} ${reason}`;
  return `${clock(scheduledFor)} ${what}${hold === null ? '' : ' held'}${range}`;
}

export const lines = (given: Partial<Schedule>, now: string, context?: Partial<FiringContext>) =>
  plan(given, now, context).firings.map(line);

/** `count` lines ten seconds apart. */
export function inSteps(what: string, from: string, count: number): string[] {
  return Array.from({ length: count }, (_, step) => {
    const instant = new Date(at(from) + step * 10_000);
    return `${instant.toISOString().slice(11, 19)} ${what}`;
  });
}
