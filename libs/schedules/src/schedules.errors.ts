import { ProblemError, validationProblem } from '@app/platform/problem';
import type { ScheduleSpecError } from './domain/schedule-spec-error.js';

/** Unknown, deleted or not a UUID: a client learns no difference. */
export function scheduleNotFound(scheduleId: string): ProblemError {
  return new ProblemError('not_found', 'schedule_not_found', `There is no schedule ${scheduleId}.`);
}

export function scheduleFinished(scheduleId: string, reason: string | null): ProblemError {
  return new ProblemError(
    'conflict',
    'schedule_finished',
    `Schedule ${scheduleId} has nothing left to run (${reason ?? 'completed'}): change it to start it again.`,
  );
}

/** @param fault in the engine's words */
export function scheduleUnreadable(scheduleId: string, fault: string): ProblemError {
  const detail = `Schedule ${scheduleId} cannot be computed any more: ${fault}. Change it first.`;
  return new ProblemError('conflict', 'schedule_unreadable', detail);
}

/** The engine's refusal, in its own words, at the field it is about. */
export function refusedSpec({ field, code, message }: ScheduleSpecError): ProblemError {
  return validationProblem([{ pointer: `/${field}`, code, detail: message }]);
}
