import { type FieldError, validationProblem } from '@app/platform/problem';
import { compileRecurrence, type Recurrence } from './domain/recurrence.js';
import { ScheduleSpecError } from './domain/schedule-spec-error.js';
import type { Schedule } from './domain/schedule.js';
import { scheduleSpecOf, type ScheduleTiming } from './domain/schedule-timing.js';
import { refusedSpec } from './schedules.errors.js';

/** What decides a schedule's instants, its bounds included. */
export type BoundedTiming = ScheduleTiming & Pick<Schedule, 'startAt' | 'endAt'>;

/**
 * The instants that a client asks for. @param seed the schedule's id: `H` follows from it
 * @throws ProblemError naming the field that is wrong
 */
export function compileAccepted(timing: BoundedTiming, seed: string): Recurrence {
  const { startAt, endAt } = timing;
  if (startAt !== null && endAt !== null && startAt >= endAt) {
    throw refused('endAt', 'invalid_bounds', 'endAt must be later than startAt');
  }
  try {
    return compileRecurrence(scheduleSpecOf(timing), timing, seed);
  } catch (error) {
    throw error instanceof ScheduleSpecError ? refusedSpec(error) : error;
  }
}

/**
 * The first instant after `now` of a schedule that is to be stored.
 * @throws ProblemError when there is none: a schedule that will never fire is a mistake
 */
export function firstRunAfter(now: Date, timing: BoundedTiming, seed: string): Date {
  const first = compileAccepted(timing, seed).nextAfter(now.getTime());
  if (first === null) throw neverFires(now, timing);
  return new Date(first);
}

function neverFires(now: Date, { type, runAt, startAt, endAt }: BoundedTiming): Error {
  if (runAt !== null && runAt <= now) {
    return refused('runAt', 'in_the_past', `runAt must be in the future; it is ${now.toISOString()} now`);
  }
  if (type === 'one_time') {
    return refused('runAt', 'never_fires', 'runAt is outside startAt and endAt, so it would never fire');
  }
  if (endAt === null && startAt !== null && startAt > now) {
    return refused('startAt', 'never_fires', 'nothing fires from startAt to the end of the year 9999');
  }
  if (endAt === null) {
    return refused('cronExpression', 'never_fires', 'there is no instant left at which this fires');
  }
  if (endAt <= now) {
    return refused('endAt', 'in_the_past', `endAt must be in the future; it is ${now.toISOString()} now`);
  }
  const from = startAt !== null && startAt > now ? 'startAt' : 'now';
  return refused('endAt', 'never_fires', `nothing fires between ${from} and endAt`);
}

function refused(field: keyof BoundedTiming, code: FieldError['code'], detail: string): Error {
  return validationProblem([{ pointer: `/${field}`, code, detail }]);
}
