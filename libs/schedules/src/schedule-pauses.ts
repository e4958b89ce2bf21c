import { Injectable } from '@nestjs/common';
import { runAllowanceOf } from '@app/access';
import { recordChange } from '@app/audit';
import { Clock } from '@app/platform/clock';
import { CalendarExclusions } from './calendars/calendar-exclusions.js';
import { type FiringPlan, planFirings } from './domain/firing-plan.js';
import { NO_UNFINISHED_RUNS } from './domain/overlap.js';
import { recordLeftovers } from './domain/leftovers.js';
import type { Catchup, Schedule } from './domain/schedule.js';
import { RecurrenceCache } from './recurrence-cache.js';
import { NO_REASON_GIVEN, paused, resumed } from './schedule-activity.js';
import { changeOf, nextVersionOf } from './schedule-change.js';
import { leftByResume, ScheduleLeftovers } from './schedule-leftovers.js';
import { SchedulesRepository } from './schedules.repository.js';
import { SchedulesService } from './schedules.service.js';

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
      const now = this.clock.now();
      const changed = nextVersionOf(schedule, paused(schedule, reason, now), now);
      await this.repository.update(tx, changed);
      await recordChange(tx, changeOf('paused', schedule, changed, reason));
      return changed;
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
      const changed = this.resumed(schedule, catchup, job.active, now);
      const left = leftByResume(schedule, true, { now, jobActive: job.active });
      await this.leftovers.accountFor(tx, schedule, left);
      await this.repository.update(tx, changed);
      await recordChange(tx, changeOf('resumed', schedule, changed));
      return changed;
    });
  }

  /** What a resume would start and record now, without doing it. @throws ProblemError as `resume` */
  planResume(service: string, id: string, catchup: Catchup): Promise<FiringPlan> {
    return this.schedules.withLocked(service, id, async (tx, schedule, job) => {
      const now = this.clock.now();
      const left = leftByResume(schedule, true, { now, jobActive: job.active });
      if (left !== null) return recordLeftovers(left, this.recurrences.readableOf(schedule));
      const planned = schedule.active ? schedule : this.resumed(schedule, catchup, job.active, now);
      const exclusionOf = await this.calendars.forSchedules([schedule], tx);
      return planFirings(planned, this.recurrences.readableOf(schedule), {
        now: now.getTime(),
        job,
        runs: NO_UNFINISHED_RUNS,
        isExcluded: exclusionOf(schedule).calendarAt,
        quota: await runAllowanceOf(tx, service),
      });
    });
  }

  private resumed(schedule: Schedule, catchup: Catchup, jobActive: boolean, now: Date): Schedule {
    const recurrence = this.recurrences.readableOf(schedule);
    return nextVersionOf(schedule, resumed(schedule, recurrence, catchup, { now, jobActive }), now);
  }
}
