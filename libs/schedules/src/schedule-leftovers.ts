import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { runsLeftOf } from './domain/finish-reason.js';
import type { FiringPlan } from './domain/firing-plan.js';
import { isOffClock, type LeftoverReason, type Leftovers, unaccountedOf } from './domain/leftovers.js';
import type { Schedule } from './domain/schedule.js';
import type { DueJob } from './due-schedule.js';
import { isSameTiming, type ScheduleDefinition } from './schedule-definition.js';
import { isPaused } from './schedule-revision.js';
import { SchedulesRepository } from './schedules.repository.js';

/** Writes history, which schedules do not know. Called inside the transaction of the change: throwing undoes that. */
export interface LeftoverWriter {
  /** @param leftovers all of one job's schedules @returns what was written, in their order */
  writeLeftovers(tx: EntityManager, job: DueJob, leftovers: readonly Leftovers[]): Promise<FiringPlan[]>;
}

/**
 * Sees to it that no due instant vanishes when its schedule is changed or deleted before a scheduler has come to it.
 *
 * A register like `JobLifecycle`, and for the same reason in the change's own transaction: what is written later can be
 * lost in a crash, or wait for a worker that never comes.
 */
@Injectable()
export class ScheduleLeftovers {
  private writer: LeftoverWriter | null = null;

  constructor(private readonly repository: SchedulesRepository) {}

  register(writer: LeftoverWriter): void {
    this.writer = writer;
  }

  /** @param schedule locked in `tx` @returns the schedule with the leftovers that run counted */
  async accountFor(tx: EntityManager, schedule: Schedule, leftovers: Leftovers | null): Promise<Schedule> {
    if (leftovers === null) return schedule;
    const [plan] = await this.write(tx, [leftovers]);
    if (!plan || plan.runs === 0) return schedule;
    return {
      ...schedule,
      runCount: schedule.runCount + plan.runs,
      lastRunAt: plan.lastRunAt === null ? schedule.lastRunAt : new Date(plan.lastRunAt),
    };
  }

  /** Of schedules of one job. */
  async write(tx: EntityManager, leftovers: readonly Leftovers[]): Promise<FiringPlan[]> {
    const [first] = leftovers;
    if (first === undefined) return [];
    if (this.writer === null) throw new Error('nobody has registered to write what is left over');
    const job = await this.repository.dueJob(tx, first.schedule);
    return this.writer.writeLeftovers(tx, job, leftovers);
  }
}

/** None of them runs. @param given the reason, but for what nobody would have run anyhow: its job was inactive. */
export function leftoversOf(schedule: Schedule, given: LeftoverReason, now: Date): Leftovers | null {
  const range = unaccountedOf(schedule, now);
  const reason = isOffClock(schedule) ? 'job_inactive' : given;
  return range && { schedule, range, reason, mayRun: false };
}

/** What a change of a schedule's definition leaves over. Other timing does, and so does a `maxRuns` that is reached. */
export function leftByChange(
  schedule: Schedule,
  definition: ScheduleDefinition,
  { now, jobActive }: { readonly now: Date; readonly jobActive: boolean },
): Leftovers | null {
  const isRetimed = !isSameTiming(schedule, definition);
  const isOutOfRuns = runsLeftOf({ ...schedule, ...definition }) === 0;
  if (!isRetimed && (!isOutOfRuns || isPaused(schedule))) return null;
  const isOnClock = schedule.nextRunAt !== null;
  const reason = isOnClock && !jobActive ? 'job_inactive' : 'schedule_changed';
  const leftovers = leftoversOf(schedule, reason, now);
  return leftovers && { ...leftovers, mayRun: isOnClock && jobActive && !isOutOfRuns };
}

/** What a resume leaves over where the job is inactive: nobody would come to it. */
export function leftByResume(
  schedule: Schedule,
  active: boolean | undefined,
  { now, jobActive }: { readonly now: Date; readonly jobActive: boolean },
): Leftovers | null {
  const isResumed = active === true && isPaused(schedule);
  return isResumed && !jobActive ? leftoversOf(schedule, 'job_inactive', now) : null;
}
