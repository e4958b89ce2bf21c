import { isDeepStrictEqual } from 'node:util';
import type { Schedule } from './domain/schedule.js';

/** What a client decides about a schedule; the rest is the service's. */
export type ScheduleDefinition = Pick<Schedule, (typeof DEFINED_FIELDS)[number]>;

/** The same, and whether it is active: left out, that stays as it is. */
export type WantedSchedule = ScheduleDefinition & { readonly active?: boolean | undefined };

/** These decide the instants: a change of one starts the schedule anew from now. */
const TIMING_FIELDS = [
  'type',
  'cronExpression',
  'intervalSeconds',
  'runAt',
  'timezone',
  'startAt',
  'endAt',
  'dstGap',
  'dstOverlap',
] as const;

const DEFINED_FIELDS = [
  ...TIMING_FIELDS,
  'parameters',
  'jitterSeconds',
  'overlapPolicy',
  'misfirePolicy',
  'misfireGraceSeconds',
  'catchupWindowSeconds',
  'maxCatchup',
  'maxRuns',
  'calendars',
] as const satisfies readonly (keyof Schedule)[];

/** What a client has decided about a stored schedule. */
export function definitionOf(schedule: Schedule): ScheduleDefinition {
  const entries = DEFINED_FIELDS.map((field) => [field, schedule[field]]);
  return Object.fromEntries(entries) as ScheduleDefinition;
}

export function isSameDefinition(a: ScheduleDefinition, b: ScheduleDefinition): boolean {
  return isSameIn(DEFINED_FIELDS, a, b);
}

export function isSameTiming(a: ScheduleDefinition, b: ScheduleDefinition): boolean {
  return isSameIn(TIMING_FIELDS, a, b);
}

function isSameIn(
  fields: readonly (keyof ScheduleDefinition)[],
  a: ScheduleDefinition,
  b: ScheduleDefinition,
): boolean {
  return fields.every((field) => isDeepStrictEqual(a[field], b[field]));
}
