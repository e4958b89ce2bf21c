import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RunAllowances } from '@app/access';
import { ExecutionsRepository, type UnfinishedOfSchedule } from '@app/executions';
import {
  CalendarExclusions,
  type DueSchedule,
  type ExclusionOf,
  type FiringPlan,
  NO_UNFINISHED_RUNS,
  planFirings,
  RecurrenceCache,
  SchedulesRepository,
  type UnfinishedRuns,
} from '@app/schedules';
import { LoopTurns } from '@app/platform/waiting';
import { schedulerMetrics } from './scheduler-metrics.js';

export interface PlannedSchedule {
  readonly due: DueSchedule;
  readonly plan: FiringPlan;
}

/** What a plan depends on besides schedule and job. */
interface Circumstances {
  readonly now: Date;
  readonly exclusionOf: ExclusionOf;
  readonly allowances: RunAllowances;
  /** Left out: nothing of the schedule is unfinished, or its policy does not care. */
  readonly runs?: UnfinishedRuns | undefined;
}

/** A batch of schedules that all catch up stays a transaction of this order, not one of half a million rows. */
const MAX_FIRINGS = 5_000;

/** Finds out what the plans of due schedules depend on, and parks those that cannot be planned. */
@Injectable()
export class FiringPlanner {
  private readonly logger = new Logger(FiringPlanner.name);

  constructor(
    private readonly schedules: SchedulesRepository,
    private readonly executions: ExecutionsRepository,
    private readonly recurrences: RecurrenceCache,
    private readonly calendars: CalendarExclusions,
  ) {}

  /** In their order, and not all of them when there is much to fire. @param allowances what their services may start */
  async planAll(
    tx: EntityManager,
    due: readonly DueSchedule[],
    now: Date,
    allowances: RunAllowances,
  ): Promise<PlannedSchedule[]> {
    const unfinished = await this.unfinishedRuns(tx, due);
    const exclusionOf = await this.calendars.forSchedules(
      due.map(({ schedule }) => schedule),
      tx,
    );
    const planned: PlannedSchedule[] = [];
    const turns = new LoopTurns();
    let firings = 0;
    for (const one of due) {
      if (firings >= MAX_FIRINGS) break;
      await turns.pass();
      const runs = unfinished.get(one.schedule.id);
      const plan = await this.planOrPark(tx, one, { now, exclusionOf, allowances, runs });
      if (!plan) continue;
      planned.push({ due: one, plan });
      allowances.take(one.job.service, plan.runs);
      firings += plan.firings.length;
    }
    return planned;
  }

  async park(tx: EntityManager, scheduleId: string, error: Error): Promise<void> {
    this.logger.error(`schedule ${scheduleId} is parked: ${error.message}`, error.stack);
    schedulerMetrics.parked.inc();
    await this.schedules.park(tx, scheduleId, `error: ${error.message}`);
  }

  private async unfinishedRuns(
    tx: EntityManager,
    due: readonly DueSchedule[],
  ): Promise<Map<string, UnfinishedOfSchedule>> {
    const exclusive = due
      .map(({ schedule }) => schedule)
      .filter((schedule) => schedule.overlapPolicy !== 'allow');
    if (exclusive.length === 0) return new Map();
    const unfinished = await this.executions.unfinishedOfSchedules(tx, exclusive);
    return new Map(unfinished.map((runs) => [runs.scheduleId, runs]));
  }

  /** A schedule whose plan throws is taken off the clock with a visible error, and all others go on. */
  private async planOrPark(
    tx: EntityManager,
    { schedule, job }: DueSchedule,
    { now, exclusionOf, allowances, runs = NO_UNFINISHED_RUNS }: Circumstances,
  ): Promise<FiringPlan | null> {
    try {
      return planFirings(schedule, this.recurrences.recurrenceOf(schedule), {
        now: now.getTime(),
        job,
        runs,
        isExcluded: exclusionOf(schedule).calendarAt,
        quota: allowances.of(job.service),
      });
    } catch (error) {
      await this.park(tx, schedule.id, error as Error);
      return null;
    }
  }
}
