import type { InstantRange } from './instants.js';
import {
  type CalendarCheck,
  type PlannedFiring,
  recordOf,
  run,
  runUnlessExcluded,
} from './planned-firing.js';
import type { Recurrence } from './recurrence.js';
import type { MisfirePolicy, Schedule } from './schedule.js';

/** No plan holds more runs than this, whatever the policies say: a batch stays one short transaction. */
export const MAX_RUNS_PER_PLAN = 1_000;

/** How far back, in instants, the latest one outside all calendars is looked for. */
const CALENDAR_SEARCH_LIMIT = 1_000;

/** `discard`: the pause was meant, so nothing of it runs; what was missed since the resume goes by the misfire policy. */
export type BacklogPolicy = MisfirePolicy | 'discard';

/** The misfire policy, or what a resume asked for in its place. */
function backlogPolicyOf({ catchupOverride, misfirePolicy }: Schedule): BacklogPolicy {
  switch (catchupOverride) {
    case null:
      return misfirePolicy;
    case 'none':
      return 'discard';
    case 'last':
      return 'fire_once';
    case 'all':
      return 'fire_all';
  }
}

/** Whether a backlog may hold several runs, which then wait for each other. */
export function firesAllOf(schedule: Schedule): boolean {
  const policy = backlogPolicyOf(schedule);
  return (policy === 'discard' ? schedule.misfirePolicy : policy) === 'fire_all';
}

/**
 * The instants of `due` that are misfires. After a resume these are all instants up to the resume, however late:
 * the resume was the last change of the schedule, and an instant since then is an ordinary one.
 */
export function backlogOf(schedule: Schedule, due: InstantRange): InstantRange {
  const lastLate = due.until - schedule.misfireGraceSeconds * 1_000 - 1;
  const resumedAt = schedule.catchupOverride === null ? -Infinity : schedule.updatedAt.getTime();
  return { after: due.after, until: Math.min(due.until, Math.max(lastLate, resumedAt)) };
}

/** What becomes of the backlog, oldest first. `now` is the database's, epoch ms. */
export function planBacklog(
  schedule: Schedule,
  recurrence: Recurrence,
  backlog: InstantRange,
  now: number,
  isExcluded: CalendarCheck,
): PlannedFiring[] {
  if (backlog.until <= backlog.after) return [];
  switch (backlogPolicyOf(schedule)) {
    case 'discard': {
      const [ofPause, since] = atResume(schedule, backlog);
      return [
        ...recordOf(recurrence, ofPause, 'skipped', 'paused'),
        ...planBacklog({ ...schedule, catchupOverride: null }, recurrence, since, now, isExcluded),
      ];
    }
    case 'skip':
      return recordOf(recurrence, backlog, 'missed', 'misfire');
    case 'fire_once':
      return fireLatest(schedule, recurrence, backlog, isExcluded);
    case 'fire_all':
      return fireAll(schedule, recurrence, backlog, now, isExcluded);
  }
}

/** The latest instant that no calendar excludes runs; a record says how many older ones do not. */
function fireLatest(
  schedule: Schedule,
  recurrence: Recurrence,
  { after, until }: InstantRange,
  isExcluded: CalendarCheck,
): PlannedFiring[] {
  const isAllowed = (instant: number) => isExcluded(instant) === null;
  const newest = recurrence.latestAtOrBefore(until, after);
  if (newest === null) return [];
  if (isAllowed(newest)) {
    return [
      ...missedIn(schedule, recurrence, { after, until: newest - 1 }),
      run(schedule, newest, 'catchup'),
    ];
  }
  const candidates = recurrence.newestIn(after, until, CALENDAR_SEARCH_LIMIT);
  const latest = candidates.findLast(isAllowed);
  const oldestSearched = candidates[0] ?? newest;
  const calendar = { calendar: isExcluded(newest) };
  return [
    ...missedIn(schedule, recurrence, { after, until: (latest ?? oldestSearched) - 1 }),
    ...(latest === undefined ? [] : [run(schedule, latest, 'catchup')]),
    ...recordOf(recurrence, { after: latest ?? oldestSearched - 1, until }, 'skipped', 'calendar', calendar),
  ];
}

/** After a resume that asked for the last instant, those of the pause were left out on purpose; those since then were not. */
function missedIn(schedule: Schedule, recurrence: Recurrence, range: InstantRange): PlannedFiring[] {
  const [ofPause, since] = atResume(schedule, range);
  return [
    ...recordOf(recurrence, ofPause, 'missed', 'paused'),
    ...recordOf(recurrence, since, 'missed', 'misfire'),
  ];
}

/** The part of a range up to the resume that nobody has carried out yet, and the part since. Without one all is since. */
function atResume(schedule: Schedule, { after, until }: InstantRange): [InstantRange, InstantRange] {
  const resumedAt = schedule.catchupOverride === null ? after : schedule.updatedAt.getTime();
  const seam = Math.max(after, Math.min(resumedAt, until));
  return [
    { after, until: seam },
    { after: seam, until },
  ];
}

/** Too old, too many, and the newest `maxCatchup` of the rest, which run oldest first. */
function fireAll(
  schedule: Schedule,
  recurrence: Recurrence,
  { after, until }: InstantRange,
  now: number,
  isExcluded: CalendarCheck,
): PlannedFiring[] {
  const lastTooOld = now - schedule.catchupWindowSeconds * 1_000 - 1;
  const windowAfter = Math.min(Math.max(after, lastTooOld), until);
  const cap = Math.min(schedule.maxCatchup, MAX_RUNS_PER_PLAN);
  const kept = recurrence.newestIn(windowAfter, until, cap);
  const lastOverCap = kept[0] === undefined ? until : kept[0] - 1;
  return [
    ...recordOf(recurrence, { after, until: windowAfter }, 'missed', 'catchup_window'),
    ...recordOf(recurrence, { after: windowAfter, until: lastOverCap }, 'missed', 'catchup_cap'),
    ...kept.map((instant) => runUnlessExcluded(run(schedule, instant, 'catchup'), isExcluded)),
  ];
}
