import { Injectable } from '@nestjs/common';
import { runAllowanceOf } from '@app/access';
import { recordChange } from '@app/audit';
import { Clock } from '@app/platform/clock';
import { CalendarExclusions } from './calendars/calendar-exclusions.js';
import { type FiringPlan, planFirings } from './domain/firing-plan.js';
import { NO_UNFINISHED_RUNS } from './domain/overlap.js';
import { isFinished } from './domain/finish-reason.js';
import { accountedUntil, recordLeftovers } from './domain/leftovers.js';
import { type Recurrence, ScheduleSpecError } from './domain/index.js';
import type { Catchup, Schedule } from './domain/schedule.js';
import { RecurrenceCache } from './recurrence-cache.js';
import { changeOf } from './schedule-change.js';
import { leftoversOf, ScheduleLeftovers } from './schedule-leftovers.js';
import { startedAt } from './schedule-revision.js';
import { scheduleFinished, scheduleUnreadable } from './schedules.errors.js';
import { SchedulesRepository } from './schedules.repository.js';
import { SchedulesService } from './schedules.service.js';

/** What `pauseReason` says when nobody gave one. */
const NO_REASON_GIVEN = 'paused';

/** Takes schedules off the clock and puts them back, with every instant of the pause accounted for. */
@Injectable()
export class SchedulePauses {
  constructor(
    private readonly schedules: SchedulesService,
    private readonly repository: SchedulesRepository,
    private readonly recurrences: RecurrenceCache,
    private readonly calendars: CalendarExclusions,
    private readonly leftovers: ScheduleLeftovers,
    private readonly clock: Clock,
  ) {}

  /** Pausing what does not run changes nothing. @throws ProblemError `schedule_not_found` */
  pause(service: string, id: string, reason: string = NO_REASON_GIVEN): Promise<Schedule> {
    return this.schedules.withLocked(service, id, async (tx, schedule) => {
      if (!schedule.active) return schedule;
      const paused = pausedFor(reason, schedule, this.clock.now());
      await this.repository.update(tx, paused);
      await recordChange(tx, changeOf('paused', schedule, paused, reason));
      return paused;
    });
  }

  /**
   * Resuming what is active changes nothing.
   * @param catchup what becomes of the instants of the pause; the firer carries it out
   * @throws ProblemError `schedule_not_found`, `schedule_finished`, `schedule_unreadable`
   */
  resume(service: string, id: string, catchup: Catchup): Promise<Schedule> {
    return this.schedules.withLocked(service, id, async (tx, schedule, job) => {
      if (schedule.active) return schedule;
      const now = this.clock.now();
      const resumed = this.resumed(schedule, catchup, job.active, now);
      const left = job.active ? null : leftoversOf(schedule, 'job_inactive', now);
      await this.leftovers.settle(tx, schedule, left);
      await this.repository.update(tx, resumed);
      await recordChange(tx, changeOf('resumed', schedule, resumed));
      return resumed;
    });
  }

  /** What a resume would start and record now, without doing it. @throws ProblemError as `resume` */
  planResume(service: string, id: string, catchup: Catchup): Promise<FiringPlan> {
    return this.schedules.withLocked(service, id, async (tx, schedule, job) => {
      const now = this.clock.now();
      const left = job.active || schedule.active ? null : leftoversOf(schedule, 'job_inactive', now);
      if (left !== null) return recordLeftovers(left, this.readable(schedule));
      const resumed = schedule.active ? schedule : this.resumed(schedule, catchup, job.active, now);
      const exclusionOf = await this.calendars.exclusionsOf([schedule], tx);
      return planFirings(resumed, this.recurrences.recurrenceOf(schedule), {
        now: now.getTime(),
        job,
        runs: NO_UNFINISHED_RUNS,
        isExcluded: exclusionOf(schedule).calendarAt,
        quota: await runAllowanceOf(tx, service),
      });
    });
  }

  private readable(schedule: Schedule): Recurrence {
    try {
      return this.recurrences.recurrenceOf(schedule);
    } catch (error) {
      throw error instanceof ScheduleSpecError ? scheduleUnreadable(schedule.id, error.message) : error;
    }
  }

  private resumed(schedule: Schedule, catchup: Catchup, jobActive: boolean, now: Date): Schedule {
    const recurrence = this.readable(schedule);
    const next = recurrence.nextAfter((schedule.pausedAt ?? now).getTime());
    if (isFinished(schedule) || next === null) throw scheduleFinished(schedule.id, schedule.pauseReason);
    const started = startedAt(new Date(next), { jobActive });
    const isBehind = jobActive && next <= now.getTime();
    return {
      ...schedule,
      ...started,
      catchupOverride: isBehind ? catchup : null,
      version: schedule.version + 1,
      updatedAt: now,
    };
  }
}

/** `pausedAt` stands before the first instant that nobody has accounted for, so that a resume finds it. */
function pausedFor(reason: string, schedule: Schedule, now: Date): Schedule {
  const beforeNext = accountedUntil(schedule) ?? Infinity;
  return {
    ...schedule,
    active: false,
    pauseReason: reason,
    pausedAt: new Date(Math.min(now.getTime(), beforeNext)),
    nextRunAt: null,
    catchupOverride: null,
    version: schedule.version + 1,
    updatedAt: now,
  };
}
