import { inCapitals, WEEKDAY_NAMES } from '../../../domain/cron-fields.js';

/** 0 is Sunday, as in a cron expression, which knows 7 for it too and names in any case. null for anything else. */
export function weekdayNamed(weekday: unknown): number | null {
  if (typeof weekday === 'string') return numberOf(inCapitals(weekday));
  const isWeekday = typeof weekday === 'number' && Number.isInteger(weekday) && weekday >= 0 && weekday <= 7;
  return isWeekday ? weekday % 7 : null;
}

function numberOf(name: string): number | null {
  const index = WEEKDAY_NAMES.indexOf(name);
  return index < 0 ? null : index;
}
