/** The field of a schedule that a refusal points at, in the words of the contract. */
export type ScheduleSpecField =
  'cronExpression' | 'timezone' | 'intervalSeconds' | 'runAt' | 'startAt' | 'endAt';

export type ScheduleSpecErrorCode =
  | 'cron_syntax'
  | 'never_fires'
  | 'unknown_time_zone'
  | 'invalid_interval'
  | 'invalid_instant'
  | 'invalid_bounds';

/** A schedule that cannot be accepted. The message says what is wrong and, where one can tell, what was meant. */
export class ScheduleSpecError extends Error {
  override readonly name = 'ScheduleSpecError';

  constructor(
    readonly code: ScheduleSpecErrorCode,
    readonly field: ScheduleSpecField,
    message: string,
  ) {
    super(message);
  }
}

export function cronSyntaxError(message: string): ScheduleSpecError {
  return new ScheduleSpecError('cron_syntax', 'cronExpression', message);
}
