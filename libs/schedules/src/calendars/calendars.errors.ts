import { ProblemError, validationProblem } from '@app/platform/problem';

/** Unknown, deleted or not a UUID: a client learns no difference. */
export function calendarNotFound(calendarId: string): ProblemError {
  return new ProblemError('not_found', 'calendar_not_found', `There is no calendar ${calendarId}.`);
}

export function calendarNameTaken(name: string): ProblemError {
  const detail = `Another calendar is named ${JSON.stringify(name)}.`;
  return new ProblemError('conflict', 'calendar_name_taken', detail, [
    { pointer: '/name', code: 'calendar_name_taken', detail },
  ]);
}

/** @param verb what cannot be done to it @param scheduleIds some of those that name it */
export function calendarInUse(
  name: string,
  verb: 'deleted' | 'renamed',
  scheduleIds: readonly string[],
): ProblemError {
  return new ProblemError(
    'conflict',
    'calendar_in_use',
    `Calendar ${JSON.stringify(name)} cannot be ${verb} while schedules name it: ${scheduleIds.join(', ')}.`,
  );
}

/** @param faults the names that there are no calendars of, with their places in the list */
export function unknownCalendars(faults: readonly { index: number; name: string }[]): ProblemError {
  return validationProblem(
    faults.map(({ index, name }) => ({
      pointer: `/calendars/${index}`,
      code: 'unknown_calendar',
      detail: `there is no calendar named ${JSON.stringify(name)}`,
    })),
  );
}
