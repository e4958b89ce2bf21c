import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { JobLifecycle, type JobLifecycleListener, type OwnedJob } from '@app/jobs';
import { LoopTurns } from '@app/platform/waiting';
import { Clock } from '@app/platform/clock';
import { endReasonWhileInactive } from './domain/finish-reason.js';
import type { LeftoverReason } from './domain/leftovers.js';
import type { Schedule } from './domain/schedule.js';
import { RecurrenceCache } from './recurrence-cache.js';
import { leftoversOf, ScheduleLeftovers } from './schedule-leftovers.js';
import { SchedulesRepository, type ScheduleStart } from './schedules.repository.js';

/** At a time: a job may have a hundred thousand. */
const MAX_SCHEDULES = 1_000;

/** Takes the schedules of a job off the clock with it, and puts them back. */
@Injectable()
export class JobFollower implements OnModuleInit, JobLifecycleListener {
  constructor(
    private readonly lifecycle: JobLifecycle,
    private readonly repository: SchedulesRepository,
    private readonly recurrences: RecurrenceCache,
    private readonly leftovers: ScheduleLeftovers,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.lifecycle.register(this);
  }

  /**
   * Counts from now: nothing of a rhythm is caught up, as nothing was due while the job was inactive. A one-time schedule
   * whose instant passed would vanish so: it leaves a record.
   */
  async onJobActivated(tx: EntityManager, job: OwnedJob): Promise<void> {
    await this.repository.lockActiveOfJob(tx, job);
    const turns = new LoopTurns();
    let stopped = await this.repository.stoppedOfJob(tx, job, MAX_SCHEDULES);
    while (stopped.length > 0) {
      await this.startAll(tx, stopped, turns);
      stopped = await this.repository.stoppedOfJob(tx, job, MAX_SCHEDULES, stopped.at(-1)!.id);
    }
  }

  async onJobDeactivated(tx: EntityManager, job: OwnedJob): Promise<void> {
    await this.repository.stopOfJob(tx, job);
  }

  /** Waits for a firing under way: what it made is there for the second step to end. */
  async onJobEnding(tx: EntityManager, job: OwnedJob): Promise<void> {
    await this.recordLeftovers(tx, job);
    await this.repository.deleteOfJob(tx, job);
  }

  private async startAll(tx: EntityManager, stopped: readonly Schedule[], turns: LoopTurns): Promise<void> {
    await this.writeLeftovers(tx, stopped, 'job_inactive', this.clock.now());
    const starts: ScheduleStart[] = [];
    for (const schedule of stopped) {
      await turns.pass();
      const start = this.startOf(schedule);
      if (start instanceof Error) await this.repository.park(tx, schedule.id, `error: ${start.message}`);
      else starts.push(start);
    }
    await this.repository.start(tx, starts);
  }

  /** Batch by batch as well; a paused one is counted since its pause. */
  private async recordLeftovers(tx: EntityManager, job: OwnedJob): Promise<void> {
    await this.repository.lockAllOfJob(tx, job);
    const now = this.clock.now();
    for (;;) {
      const leaving = await this.repository.leavingOfJob(tx, job, now, MAX_SCHEDULES);
      if (leaving.length === 0) return;
      await this.writeLeftovers(tx, leaving, 'job_deleted', now);
      await this.repository.delete(
        tx,
        job.service,
        leaving.map(({ id }) => id),
      );
    }
  }

  private async writeLeftovers(
    tx: EntityManager,
    schedules: readonly Schedule[],
    reason: LeftoverReason,
    now: Date,
  ): Promise<void> {
    const leftovers = schedules.map((schedule) => leftoversOf(schedule, reason, now));
    await this.leftovers.write(
      tx,
      leftovers.filter((one) => one !== null),
    );
  }

  /** The error of a schedule that can no longer be read, say for a zone that is gone: it must not hold up the others. */
  private startOf(schedule: Schedule): ScheduleStart | Error {
    try {
      const next = this.recurrences.recurrenceOf(schedule).nextAfter(this.clock.now().getTime());
      return {
        scheduleId: schedule.id,
        nextRunAt: next === null ? null : new Date(next),
        finished: next === null ? endReasonWhileInactive(schedule) : null,
      };
    } catch (error) {
      return error as Error;
    }
  }
}
