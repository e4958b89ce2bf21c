import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { RunAllowances } from '@app/access';
import {
  ExecutionsRepository,
  HandOvers,
  type NewExecution,
  observeDelay,
  QueuePlaces,
  recordFire,
  secondsBetween,
} from '@app/executions';
import { randomPool } from '@app/platform/clock';
import { isRefusal } from '@app/platform/database';
import {
  type DueSchedule,
  type LockedSchedules,
  type ScheduleAdvance,
  SchedulesRepository,
} from '@app/schedules';
import { FiringPlanner, type PlannedSchedule } from './firing-planner.js';
import { executionsOf } from './planned-executions.js';
import { schedulerMetrics } from './scheduler-metrics.js';

export interface FiringRound {
  /** Rows written: runs to come, and records of instants that do not run. */
  readonly fired: number;
  /** More schedules may be due: go again at once. */
  readonly more: boolean;
}

/** What became of some of the schedules that were due. */
interface Fired {
  readonly planned: readonly PlannedSchedule[];
  readonly inserted: readonly NewExecution[];
}

const MAX_SCHEDULES = 1_000;

/** Turns due schedules into executions. There is no leader: rows are locked, and the unique slot decides the rest. */
@Injectable()
export class ScheduleFirer {
  private readonly random = randomPool();

  constructor(
    private readonly schedules: SchedulesRepository,
    private readonly executions: ExecutionsRepository,
    private readonly planner: FiringPlanner,
    private readonly places: QueuePlaces,
    private readonly handOvers: HandOvers,
  ) {}

  /** One transaction for a batch; one for each of its schedules when the database will not have the whole. */
  async fireDue(): Promise<FiringRound> {
    const batch: string[] = [];
    try {
      return await this.fire(async (tx) => {
        const locked = await this.schedules.lockDue(tx, MAX_SCHEDULES);
        batch.push(...locked.due.map(({ schedule }) => schedule.id));
        return locked;
      });
    } catch (error) {
      if (!isRefusal(error) || batch.length === 0) throw error;
      return this.fireApart(batch);
    }
  }

  /** Lock, plan, insert, advance; what was fired is counted and handed over once it is committed. */
  private async fire(lock: (tx: EntityManager) => Promise<LockedSchedules>): Promise<FiringRound> {
    const { now, inserted, more } = await this.schedules.transaction(async (tx) => {
      const { now, due, more: isCut } = await lock(tx);
      const unmetered = due.filter(({ job }) => !job.isMetered);
      const fired = await this.fireAll(tx, unmetered, now, RunAllowances.none());
      const metered = await this.fireMetered(tx, due, now);
      const inserted = [...fired.inserted, ...metered.inserted];
      const planned = fired.planned.length + metered.planned.length;
      const more = isCut || due.length >= MAX_SCHEDULES || planned < due.length;
      return { now, inserted, more };
    });
    inserted.forEach(measure);
    inserted.filter(isToRun).forEach((execution) => recordFire(execution, now));
    const queued = inserted.filter(({ state }) => state === 'queued');
    for (const { dueAt } of queued) observeDelay('dispatch_wait', secondsBetween(dueAt, now));
    this.handOvers.soon(queued.map(({ id, service, priority }) => ({ id, service, priority, delivery: 1 })));
    return { fired: inserted.length, more };
  }

  /** The one whose rows the database refuses is parked, and all others fire. */
  private async fireApart(scheduleIds: readonly string[]): Promise<FiringRound> {
    let fired = 0;
    for (const id of scheduleIds) fired += await this.fireOrPark(id);
    return { fired, more: true };
  }

  /** @returns how many rows it wrote */
  private async fireOrPark(id: string): Promise<number> {
    try {
      return (await this.fire((tx) => this.schedules.lockDueOne(tx, id))).fired;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await this.schedules.transaction((tx) => this.planner.park(tx, id, error));
      return 0;
    }
  }

  private async fireAll(
    tx: EntityManager,
    due: readonly DueSchedule[],
    now: Date,
    allowances: RunAllowances,
  ): Promise<Fired> {
    const planned = await this.planner.planAll(tx, due, now, allowances);
    await this.cancelRunning(tx, planned);
    const inserted = await this.insert(tx, planned, now);
    await this.advance(tx, planned);
    return { planned, inserted };
  }

  /**
   * The schedules whose service may start so many runs a minute, counted under a lock that other firers wait for: last, so
   * that they do not wait for what the others of the batch need. What has come due just now goes before what is late.
   */
  private async fireMetered(tx: EntityManager, due: readonly DueSchedule[], now: Date): Promise<Fired> {
    const metered = due.filter(({ job }) => job.isMetered).reverse();
    if (metered.length === 0) return { planned: [], inserted: [] };
    const allowances = await RunAllowances.lock(
      tx,
      metered.map(({ job }) => job.service),
    );
    const fired = await this.fireAll(tx, metered, now, allowances);
    await allowances.store(tx);
    return fired;
  }

  private async cancelRunning(tx: EntityManager, planned: readonly PlannedSchedule[]): Promise<void> {
    const cancelling = planned.filter(({ plan }) => plan.cancelRunning).map(({ due }) => due.schedule);
    if (cancelling.length > 0) await this.executions.cancelUnfinishedOfSchedules(tx, cancelling);
  }

  private async insert(
    tx: EntityManager,
    planned: readonly PlannedSchedule[],
    now: Date,
  ): Promise<NewExecution[]> {
    const places = { now, take: () => this.places.take() };
    const executions = planned.flatMap(({ due, plan }) => executionsOf(due, plan, this.random, places));
    const inserted = new Set(await this.executions.insertExecutions(tx, executions));
    return executions.filter(({ id }) => inserted.has(id));
  }

  private async advance(tx: EntityManager, planned: readonly PlannedSchedule[]): Promise<void> {
    if (planned.length === 0) return;
    await this.schedules.advance(tx, planned.map(advanceOf));
  }
}

function isToRun({ state }: NewExecution): boolean {
  return state === 'pending' || state === 'queued';
}

/** Whether a run waits for its dispatch or not is no business of who counts fires: both are pending here. */
function measure(execution: NewExecution): void {
  const { state, reason, reasonDetail } = execution;
  const labels = { state: isToRun(execution) ? 'pending' : state, reason: reason ?? '' };
  schedulerMetrics.fired.inc(labels);
  if (isToRun(execution)) return;
  const count = reasonDetail?.['count'];
  schedulerMetrics.notRun.inc(labels, typeof count === 'number' ? count : 1);
}

function advanceOf({ due, plan }: PlannedSchedule): ScheduleAdvance {
  return {
    scheduleId: due.schedule.id,
    nextRunAt: dateOf(plan.nextRunAt),
    offClock: plan.offClock,
    lastRunAt: dateOf(plan.lastRunAt),
    runs: plan.runs,
    finished: plan.finished,
  };
}

function dateOf(instant: number | null): Date | null {
  return instant === null ? null : new Date(instant);
}
