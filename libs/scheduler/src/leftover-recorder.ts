import { randomBytes } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RunAllowances } from '@app/access';
import { ExecutionsRepository } from '@app/executions';
import {
  CalendarExclusions,
  type DueJob,
  type FiringPlan,
  type Leftovers,
  type LeftoverWriter,
  NO_UNFINISHED_RUNS,
  planLeftovers,
  RecurrenceCache,
  ScheduleLeftovers,
  type UnfinishedRuns,
  planUnreadable,
} from '@app/schedules';
import { LoopTurns } from '@app/platform/waiting';
import { executionsOf } from './planned-executions.js';

/** Turns the due instants that a change takes off the clock into runs and records, in the change's own transaction. */
@Injectable()
export class LeftoverRecorder implements OnModuleInit, LeftoverWriter {
  constructor(
    private readonly leftovers: ScheduleLeftovers,
    private readonly executions: ExecutionsRepository,
    private readonly recurrences: RecurrenceCache,
    private readonly calendars: CalendarExclusions,
  ) {}

  onModuleInit(): void {
    this.leftovers.register(this);
  }

  async writeLeftovers(
    tx: EntityManager,
    job: DueJob,
    leftovers: readonly Leftovers[],
  ): Promise<FiringPlan[]> {
    // What starts nothing takes nothing of the minute, and must not keep the service's other schedules waiting for it.
    const takesRuns = job.isMetered && leftovers.some(({ mayRun }) => mayRun);
    const allowances = takesRuns ? await RunAllowances.lock(tx, [job.service]) : RunAllowances.none();
    const plans: FiringPlan[] = [];
    const turns = new LoopTurns();
    for (const one of leftovers) {
      await turns.pass();
      const plan = await this.plan(tx, one, allowances);
      allowances.take(job.service, plan.runs);
      plans.push(plan);
    }
    const cancelling = leftovers.filter((_, index) => plans[index]!.cancelRunning);
    if (cancelling.length > 0) {
      await this.executions.cancelUnfinishedOfSchedules(
        tx,
        cancelling.map(({ schedule }) => schedule),
      );
    }
    const rows = leftovers.flatMap(({ schedule }, index) =>
      executionsOf({ schedule, job }, plans[index]!, randomBytes),
    );
    await this.executions.insertExecutions(tx, rows);
    await allowances.store(tx);
    return plans;
  }

  /** A schedule that cannot be read, perhaps parked for that, can be changed and deleted all the same. */
  private async plan(
    tx: EntityManager,
    leftovers: Leftovers,
    allowances: RunAllowances,
  ): Promise<FiringPlan> {
    const { schedule, mayRun } = leftovers;
    const exclusionOf = await this.calendars.forSchedules(mayRun ? [schedule] : [], tx);
    const runs = mayRun ? await this.unfinishedRuns(tx, leftovers) : NO_UNFINISHED_RUNS;
    try {
      const recurrence = this.recurrences.recurrenceOf(schedule);
      const isExcluded = mayRun ? exclusionOf(schedule).calendarAt : () => null;
      return planLeftovers(leftovers, recurrence, {
        runs,
        isExcluded,
        quota: allowances.of(schedule.service),
      });
    } catch (error) {
      return planUnreadable(leftovers, error as Error);
    }
  }

  private async unfinishedRuns(tx: EntityManager, { schedule }: Leftovers): Promise<UnfinishedRuns> {
    if (schedule.overlapPolicy === 'allow') return NO_UNFINISHED_RUNS;
    const [runs = NO_UNFINISHED_RUNS] = await this.executions.unfinishedOfSchedules(tx, [schedule]);
    return runs;
  }
}
