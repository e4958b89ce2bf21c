import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import {
  type ActiveRuns,
  ExecutionDispatcher,
  ExecutionsRepository,
  type NewExecution,
  recordFire,
} from '@app/executions';
import { isRefusal } from '@app/platform/database';
import {
  CalendarExclusions,
  type DueSchedule,
  type ExclusionOf,
  type FiringPlan,
  NO_UNFINISHED_RUNS,
  planFirings,
  RecurrenceCache,
  type ScheduleAdvance,
  SchedulesRepository,
  type UnfinishedRuns,
} from '@app/schedules';
import { executionsOf } from './planned-executions.js';
import { randomPool } from './random-pool.js';
import { schedulerMetrics } from './scheduler-metrics.js';

export interface FiringRound {
  /** Rows written: runs to come, and records of instants that do not run. */
  readonly fired: number;
  /** More schedules may be due: go again at once. */
  readonly more: boolean;
  /** The database's clock: the one that decides what is due. */
  readonly now: Date;
}

interface LockedSchedules {
  readonly now: Date;
  readonly due: readonly DueSchedule[];
}

interface PlannedSchedule {
  readonly due: DueSchedule;
  readonly plan: FiringPlan;
}

/** What a plan depends on besides schedule and job. */
interface Circumstances {
  readonly now: Date;
  readonly exclusionOf: ExclusionOf;
  /** Left out: nothing of the schedule is unfinished, or its policy does not care. */
  readonly runs?: UnfinishedRuns;
}

const MAX_SCHEDULES = 1_000;
/** A batch of schedules that all catch up stays a transaction of this order, not one of half a million rows. */
const MAX_FIRINGS = 5_000;

/** Turns due schedules into executions. There is no leader: rows are locked, and the unique slot decides the rest. */
@Injectable()
export class ScheduleFirer {
  private readonly logger = new Logger(ScheduleFirer.name);
  private readonly random = randomPool();

  constructor(
    private readonly schedules: SchedulesRepository,
    private readonly executions: ExecutionsRepository,
    private readonly recurrences: RecurrenceCache,
    private readonly calendars: CalendarExclusions,
    private readonly dispatcher: ExecutionDispatcher,
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
    const { inserted, ...round } = await this.schedules.transaction(async (tx) => {
      const { now, due } = await lock(tx);
      const planned = await this.planAll(tx, due, now);
      await this.cancelRunning(tx, planned);
      const inserted = await this.insert(tx, planned, now);
      await this.advance(tx, planned);
      const more = due.length >= MAX_SCHEDULES || planned.length < due.length;
      return { inserted, fired: inserted.length, more, now };
    });
    inserted.forEach(measure);
    inserted.filter(isToRun).forEach((execution) => recordFire(execution, round.now));
    const queued = inserted.filter(({ state }) => state === 'queued');
    this.dispatcher.handOverSoon(
      queued.map(({ id, service, priority }) => ({ id, service, priority, delivery: 1 })),
    );
    return round;
  }

  /** The one whose rows the database refuses is parked, and all others fire. */
  private async fireApart(scheduleIds: readonly string[]): Promise<FiringRound> {
    let fired = 0;
    let now = new Date(0);
    for (const id of scheduleIds) {
      const round = await this.fireOrPark(id);
      fired += round?.fired ?? 0;
      now = round?.now ?? now;
    }
    return { fired, more: true, now };
  }

  private async fireOrPark(id: string): Promise<FiringRound | null> {
    try {
      return await this.fire((tx) => this.schedules.lockDueOne(tx, id));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      await this.schedules.transaction((tx) => this.park(tx, id, error));
      return null;
    }
  }

  private async planAll(
    tx: EntityManager,
    due: readonly DueSchedule[],
    now: Date,
  ): Promise<PlannedSchedule[]> {
    const active = await this.activeRuns(tx, due);
    const exclusionOf = await this.calendars.exclusionsOf(
      due.map(({ schedule }) => schedule),
      tx,
    );
    const planned: PlannedSchedule[] = [];
    let firings = 0;
    for (const one of due) {
      if (firings >= MAX_FIRINGS) break;
      const plan = await this.planOrPark(tx, one, { now, exclusionOf, runs: active.get(one.schedule.id) });
      if (!plan) continue;
      planned.push({ due: one, plan });
      firings += plan.firings.length;
    }
    return planned;
  }

  private async activeRuns(tx: EntityManager, due: readonly DueSchedule[]): Promise<Map<string, ActiveRuns>> {
    const exclusive = due
      .map(({ schedule }) => schedule)
      .filter((schedule) => schedule.overlapPolicy !== 'allow');
    if (exclusive.length === 0) return new Map();
    const active = await this.executions.activeOfSchedules(tx, exclusive);
    return new Map(active.map((runs) => [runs.scheduleId, runs]));
  }

  /** A schedule whose plan throws is taken off the clock with a visible error, and all others go on. */
  private async planOrPark(
    tx: EntityManager,
    { schedule, job }: DueSchedule,
    { now, exclusionOf, runs = NO_UNFINISHED_RUNS }: Circumstances,
  ): Promise<FiringPlan | null> {
    try {
      return planFirings(schedule, this.recurrences.recurrenceOf(schedule), {
        now: now.getTime(),
        job,
        runs,
        isExcluded: exclusionOf(schedule).calendarAt,
      });
    } catch (error) {
      await this.park(tx, schedule.id, error as Error);
      return null;
    }
  }

  private async park(tx: EntityManager, scheduleId: string, error: Error): Promise<void> {
    this.logger.error(`schedule ${scheduleId} is parked: ${error.message}`, error.stack);
    schedulerMetrics.parked.inc();
    await this.schedules.park(tx, scheduleId, `error: ${error.message}`);
  }

  private async cancelRunning(tx: EntityManager, planned: readonly PlannedSchedule[]): Promise<void> {
    const cancelling = planned.filter(({ plan }) => plan.cancelRunning).map(({ due }) => due.schedule);
    if (cancelling.length > 0) await this.executions.cancelActiveOfSchedules(tx, cancelling);
  }

  private async insert(
    tx: EntityManager,
    planned: readonly PlannedSchedule[],
    now: Date,
  ): Promise<NewExecution[]> {
    const takePlace = () => this.dispatcher.takePlace();
    const executions = planned.flatMap(({ due, plan }) =>
      executionsOf(due, plan, { random: this.random, now, takePlace }),
    );
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
