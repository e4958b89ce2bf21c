import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, In, IsNull, LessThanOrEqual, MoreThan, Not, Repository } from 'typeorm';
import type { QueryDeepPartialEntity } from 'typeorm/query-builder/QueryPartialEntity.js';
import type { OwnedJob } from '@app/jobs';
import {
  columnsOf,
  countOf,
  listOf,
  listOfInstants,
  preparedRowOf,
  statementRowsOf,
} from '@app/platform/database';
import type { Schedule } from './domain/schedule.js';
import {
  type DueJob,
  dueJobOf,
  type DueRow,
  dueScheduleOf,
  type JobRow,
  type LockedSchedules,
} from './due-schedule.js';
import { ScheduleEntity } from './schedule.entity.js';
import {
  findSchedule,
  listSchedules,
  type ScheduleFilter,
  type ScheduleWindow,
} from './schedule-reads.sql.js';
import {
  ADVANCE,
  DUE_JOB,
  LOCK_ACTIVE_OF_JOB,
  LOCK_ALL_OF_JOB,
  LOCK_DUE,
  LOCK_DUE_ONE,
  PARK,
  START,
  STOP_OF_JOB,
  UNTIL_DUE,
} from './schedules.sql.js';

/** Some 2 s of a statement, which may take 15. */
const STOPPED_AT_ONCE = 100_000;

/** What a firing leaves behind in its schedule. */
export interface ScheduleAdvance {
  readonly scheduleId: string;
  readonly nextRunAt: Date | null;
  /** Its job was found inactive: no next instant, unless the job has been activated since. */
  readonly offClock: boolean;
  /** null keeps the stored one. */
  readonly lastRunAt: Date | null;
  /** Added to runCount. */
  readonly runs: number;
  /** Not null: the schedule becomes inactive with this pauseReason. */
  readonly finished: string | null;
}

/** A schedule put back on the clock, or ended. */
export interface ScheduleStart {
  readonly scheduleId: string;
  readonly nextRunAt: Date | null;
  readonly finished: string | null;
}

export type { ScheduleFilter, ScheduleWindow };

@Injectable()
export class SchedulesRepository {
  private readonly columns: string;
  private readonly findOne: string;

  constructor(@InjectRepository(ScheduleEntity) private readonly schedules: Repository<ScheduleEntity>) {
    this.columns = columnsOf(schedules.metadata);
    this.findOne = findSchedule(this.columns);
  }

  /** The due schedules that no other worker holds, oldest first, locked until `tx` ends. `now` is the database's. */
  async lockDue(tx: EntityManager, limit: number): Promise<LockedSchedules> {
    return dueOf(await tx.query<[DueRow, ...DueRow[]]>(LOCK_DUE, [limit]));
  }

  /** The same for one schedule; none when it is not due or another worker holds it. */
  async lockDueOne(tx: EntityManager, id: string): Promise<LockedSchedules> {
    return dueOf(await tx.query<[DueRow, ...DueRow[]]>(LOCK_DUE_ONE, [id]));
  }

  async advance(tx: EntityManager, advances: readonly ScheduleAdvance[]): Promise<void> {
    await tx.query(ADVANCE, [
      listOf(advances.map(({ scheduleId }) => scheduleId)),
      listOfInstants(advances.map(({ nextRunAt }) => nextRunAt)),
      listOfInstants(advances.map(({ lastRunAt }) => lastRunAt)),
      listOf(advances.map(({ runs }) => runs)),
      listOf(advances.map(({ finished }) => finished)),
      listOf(advances.map(({ offClock }) => offClock)),
    ]);
  }

  async dueJob(tx: EntityManager, { jobId, service }: Schedule): Promise<DueJob> {
    const [row] = await tx.query<[JobRow]>(DUE_JOB, [jobId, service]);
    return dueJobOf(row);
  }

  /** Takes a schedule that cannot be fired off the clock, so that all others go on. @param reason shown as pauseReason */
  async park(tx: EntityManager, scheduleId: string, reason: string): Promise<void> {
    await tx.query(PARK, [scheduleId, reason]);
  }

  /** @returns how long until the next schedule falls due, in ms: negative when one is due already, null when none will be */
  async untilDueMs(): Promise<number | null> {
    const rows = await this.schedules.query<[{ untilDueMs: number | null }]>(UNTIL_DUE);
    return rows[0].untilDueMs;
  }

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.schedules.manager.transaction(work);
  }

  find(service: string, id: string): Promise<Schedule | null> {
    return preparedRowOf(this.schedules.manager.connection, 'schedule', this.findOne, [id, service]);
  }

  list(service: string, filter: ScheduleFilter, window: ScheduleWindow): Promise<Schedule[]> {
    const statement = listSchedules(this.columns, service, filter, window);
    return statementRowsOf(this.schedules.manager.connection, statement);
  }

  /** Waits for a firing in progress, so that what is then decided holds. */
  lock(tx: EntityManager, service: string, id: string): Promise<Schedule | null> {
    return tx.findOne(ScheduleEntity, { where: { id, service }, lock: { mode: 'pessimistic_write' } });
  }

  count(tx: EntityManager, service: string): Promise<number> {
    return tx.countBy(ScheduleEntity, { service });
  }

  async insert(tx: EntityManager, schedule: Schedule): Promise<void> {
    await tx.insert(ScheduleEntity, row(schedule));
  }

  /** Every column: `schedule` must come from what `lock` returned in the same transaction. */
  async update(tx: EntityManager, schedule: Schedule): Promise<void> {
    await tx.update(ScheduleEntity, { id: schedule.id, service: schedule.service }, row(schedule));
  }

  async delete(tx: EntityManager, service: string, ids: readonly string[]): Promise<void> {
    await tx.delete(ScheduleEntity, { id: In(ids), service });
  }

  async lockAllOfJob(tx: EntityManager, { service, id }: OwnedJob): Promise<void> {
    await tx.query(LOCK_ALL_OF_JOB, [id, service]);
  }

  /** Up to `limit` schedules of a job that are due, paused, or whose one instant passed while the job was inactive. */
  leavingOfJob(
    tx: EntityManager,
    { service, id: jobId }: OwnedJob,
    now: Date,
    limit: number,
  ): Promise<Schedule[]> {
    const where = [
      { jobId, service, nextRunAt: LessThanOrEqual(now) },
      { jobId, service, pausedAt: Not(IsNull()) },
      { jobId, service, active: true, nextRunAt: IsNull(), runAt: LessThanOrEqual(now) },
    ];
    return tx.find(ScheduleEntity, { where, take: limit });
  }

  async deleteOfJob(tx: EntityManager, { service, id }: OwnedJob): Promise<void> {
    await tx.delete(ScheduleEntity, { jobId: id, service });
  }

  /** Takes the schedules of a job off the clock, except those already due: the firer still records them. */
  async stopOfJob(tx: EntityManager, { service, id }: OwnedJob): Promise<void> {
    let stopped: number;
    do stopped = await countOf(tx, STOP_OF_JOB, [id, service, STOPPED_AT_ONCE]);
    while (stopped > 0);
  }

  async lockActiveOfJob(tx: EntityManager, { service, id }: OwnedJob): Promise<void> {
    await tx.query(LOCK_ACTIVE_OF_JOB, [id, service]);
  }

  /** Up to `limit` active schedules of a job that are off the clock, by id, starting above `afterId`. */
  stoppedOfJob(
    tx: EntityManager,
    { service, id: jobId }: OwnedJob,
    limit: number,
    afterId?: string,
  ): Promise<Schedule[]> {
    const above = afterId === undefined ? {} : { id: MoreThan(afterId) };
    const where = { jobId, service, active: true, nextRunAt: IsNull(), ...above };
    return tx.find(ScheduleEntity, { where, order: { id: 'ASC' }, take: limit });
  }

  async start(tx: EntityManager, starts: readonly ScheduleStart[]): Promise<void> {
    await tx.query(START, [
      starts.map(({ scheduleId }) => scheduleId),
      starts.map(({ nextRunAt }) => nextRunAt),
      starts.map(({ finished }) => finished),
    ]);
  }
}

function dueOf(rows: [DueRow, ...DueRow[]]): LockedSchedules {
  const [{ now, id, lockedCount }] = rows;
  return { now, due: id === null ? [] : rows.map(dueScheduleOf), more: lockedCount > rows.length };
}

/** TypeORM's types cannot follow `unknown` inside a jsonb column. */
function row(schedule: Schedule): QueryDeepPartialEntity<ScheduleEntity> {
  return { ...schedule, calendars: [...schedule.calendars] } as QueryDeepPartialEntity<ScheduleEntity>;
}
