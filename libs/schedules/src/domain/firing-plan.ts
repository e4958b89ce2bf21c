import type { RunAllowance } from '@app/access';
import { endReasonOf, endReasonWhileInactive, type FinishReason, runsLeftOf } from './finish-reason.js';
import { backlogOf, MAX_RUNS_PER_PLAN, planBacklog } from './misfire.js';
import { type InstantRange, oldestIn } from './instants.js';
import { OverlapGate, type UnfinishedRuns } from './overlap.js';
import {
  type CalendarCheck,
  type PlannedFiring,
  recordOf,
  run,
  runUnlessExcluded,
} from './planned-firing.js';
import type { Recurrence } from './recurrence.js';
import { overQuota, RunMeter } from './run-meter.js';
import type { Schedule } from './schedule.js';

export interface FiringContext {
  /** The database's clock, epoch ms: one clock decides for all workers. */
  readonly now: number;
  readonly job: { readonly active: boolean };
  readonly runs: UnfinishedRuns;
  readonly isExcluded?: CalendarCheck;
  /** null, or left out: the service may start as many runs as it likes. */
  readonly quota?: RunAllowance | null;
}

/** Everything that follows from a schedule being due. */
export interface FiringPlan {
  /** Ascending by scheduledFor; no two share an instant. */
  readonly firings: readonly PlannedFiring[];
  /** The first instant that this plan leaves out, also when it is due already; null when there is none. */
  readonly nextRunAt: number | null;
  /** The job was found inactive: the schedule leaves the clock, unless the job has been activated since. */
  readonly offClock: boolean;
  /** The newest instant that runs; null when none does. */
  readonly lastRunAt: number | null;
  /** How many of the firings run: to add to runCount. */
  readonly runs: number;
  /** Not null: the schedule is over and becomes inactive with this pauseReason. */
  readonly finished: FinishReason | null;
  /** Cancel the unfinished runs of the schedule, held ones too, before the firings are inserted. */
  readonly cancelRunning: boolean;
}

/** Decides for every instant in [schedule.nextRunAt, now] what becomes of it: contract §4. */
export function planFirings(schedule: Schedule, recurrence: Recurrence, context: FiringContext): FiringPlan {
  const first = schedule.nextRunAt?.getTime() ?? null;
  if (first === null || first > context.now) return { ...NOTHING_TO_FIRE, nextRunAt: first };

  const due: InstantRange = { after: first - 1, until: context.now };
  return context.job.active
    ? planDue(schedule, recurrence, due, context)
    : planInactive(schedule, recurrence, due);
}

export const NOTHING_TO_FIRE: FiringPlan = {
  firings: [],
  nextRunAt: null,
  offClock: false,
  lastRunAt: null,
  runs: 0,
  finished: null,
  cancelRunning: false,
};

/** One record; the job's activation computes the instant to go on with, so that the whole pause leaves no more than this. */
function planInactive(schedule: Schedule, recurrence: Recurrence, due: InstantRange): FiringPlan {
  const next = recurrence.nextAfter(due.until);
  return {
    ...NOTHING_TO_FIRE,
    firings: recordOf(recurrence, due, 'skipped', 'job_inactive'),
    nextRunAt: next,
    offClock: next !== null,
    finished: next === null ? endReasonWhileInactive(schedule) : null,
  };
}

function planDue(
  schedule: Schedule,
  recurrence: Recurrence,
  due: InstantRange,
  { now, runs, isExcluded = () => null, quota = null }: FiringContext,
): FiringPlan {
  const backlog = backlogOf(schedule, due);
  const late = planBacklog(schedule, recurrence, backlog, now, isExcluded);
  const onTime = oldestIn(
    recurrence,
    { after: Math.max(due.after, backlog.until), until: now },
    MAX_RUNS_PER_PLAN - late.length,
  );
  const wanted = [
    ...late,
    ...onTime.instants.map((instant) => runUnlessExcluded(run(schedule, instant, 'schedule'), isExcluded)),
  ];
  const firings = admitted(wanted, schedule, runs, quota);
  return concluded(schedule, firings, onTime.next, runs);
}

/**
 * Through the overlap policy and within the quota. Where that has not room for all, the newest run, as with `maxCatchup`;
 * the oldest are put aside, and the rest is decided anew without them.
 */
function admitted(
  wanted: readonly PlannedFiring[],
  schedule: Schedule,
  runs: UnfinishedRuns,
  quota: RunAllowance | null,
): PlannedFiring[] {
  const firings = letThrough(wanted, schedule, runs, null);
  if (quota === null) return firings;
  const toRun = firings.filter(isRun);
  if (toRun.length <= quota.left) return firings;
  const tooMany = new Set(toRun.slice(0, toRun.length - quota.left).map(({ scheduledFor }) => scheduledFor));
  const within = wanted.map((one) => (tooMany.has(one.scheduledFor) ? overQuota(one, quota) : one));
  return letThrough(within, schedule, runs, quota);
}

/** Up to the last run that `maxRuns` allows: later instants are not the schedule's any more. */
function letThrough(
  wanted: readonly PlannedFiring[],
  schedule: Schedule,
  runs: UnfinishedRuns,
  quota: RunAllowance | null,
): PlannedFiring[] {
  const newestRun = quota?.left === 0 ? null : (wanted.findLast(isRun)?.scheduledFor ?? null);
  const gate = new OverlapGate(schedule, runs, newestRun, new RunMeter(quota));
  let runsLeft = runsLeftOf(schedule);
  const firings: PlannedFiring[] = [];
  for (const firing of wanted) {
    if (runsLeft === 0) break;
    const decided = gate.admit(firing);
    if (isRun(decided)) runsLeft -= 1;
    firings.push(decided);
  }
  return firings;
}

function isRun({ state }: PlannedFiring): boolean {
  return state === 'pending';
}

function concluded(
  schedule: Schedule,
  firings: readonly PlannedFiring[],
  next: number | null,
  unfinished: UnfinishedRuns,
): FiringPlan {
  const runs = firings.filter(isRun);
  const finished = finishReasonOf(schedule, runs.length, next);
  return {
    firings,
    nextRunAt: finished === null ? next : null,
    offClock: false,
    lastRunAt: runs.at(-1)?.scheduledFor ?? null,
    runs: runs.length,
    finished,
    cancelRunning:
      schedule.overlapPolicy === 'cancel_running' &&
      unfinished.activeCount + unfinished.heldCount > 0 &&
      runs.length > 0,
  };
}

function finishReasonOf(schedule: Schedule, runs: number, next: number | null): FinishReason | null {
  if (runs >= runsLeftOf(schedule)) return 'max_runs_reached';
  return next === null ? endReasonOf(schedule) : null;
}
