import type { RecurrenceModel, ScheduleModel } from './history.js';

type Progression = Exclude<RecurrenceModel, { type: 'asked' }>;

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Every instant at which the schedule is due: additions and a remainder, nothing of the product's cron or calendars. */
export function instantsOf({ recurrence, from, until }: ScheduleModel): number[] {
  if (recurrence.type === 'asked') return [...recurrence.instants];
  const { first, everyMs } = progressionFrom(recurrence, from);
  const instants: number[] = [];
  for (let instant = first; instant <= until; instant += everyMs) instants.push(instant);
  return instants;
}

/** UTC has no clock changes, and epoch ms have no leap seconds: the steps of an hour or minute are one progression. */
function progressionFrom(recurrence: Progression, from: number): { first: number; everyMs: number } {
  switch (recurrence.type) {
    case 'interval': {
      const { anchor, everyMs } = recurrence;
      const steps = Math.max(0, Math.ceil((from - anchor) / everyMs));
      return { first: anchor + steps * everyMs, everyMs };
    }
    case 'cron_step': {
      const everyMs = recurrence.step * (recurrence.field === 'second' ? SECOND_MS : MINUTE_MS);
      return { first: Math.ceil(from / everyMs) * everyMs, everyMs };
    }
  }
}
