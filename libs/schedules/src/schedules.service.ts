import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { validate as isUuid } from 'uuid';
import { demandRoom } from '@app/access';
import { recordChange } from '@app/audit';
import { type Job, JobsService } from '@app/jobs';
import { Clock, newTimeOrderedId } from '@app/platform/clock';
import { type ExpectedVersion, madeBefore, rememberMade, requireVersion } from '@app/platform/http';
import { CalendarsService } from './calendars/calendars.service.js';
import { isSameDefinition, type ScheduleDefinition, type WantedSchedule } from './schedule-definition.js';
import type { Schedule } from './domain/schedule.js';
import { RecurrenceCache } from './recurrence-cache.js';
import { firstRunAfter } from './schedule-acceptance.js';
import { NO_REASON_GIVEN, paused, switched } from './schedule-activity.js';
import { leftByChange, leftByResume, leftoversOf, ScheduleLeftovers } from './schedule-leftovers.js';
import { changeOf, nextVersionOf } from './schedule-change.js';
import { demandSlowEnough } from './schedule-rhythm.js';
import { revised } from './schedule-revision.js';
import { scheduleNotFound } from './schedules.errors.js';
import { type ScheduleFilter, SchedulesRepository, type ScheduleWindow } from './schedules.repository.js';

@Injectable()
export class SchedulesService {
  constructor(
    private readonly repository: SchedulesRepository,
    private readonly jobs: JobsService,
    private readonly calendars: CalendarsService,
    private readonly recurrences: RecurrenceCache,
    private readonly leftovers: ScheduleLeftovers,
    private readonly clock: Clock,
  ) {}

  /** @throws ProblemError `job_not_found`, `quota_exceeded`, or naming the field that is wrong */
  async create(service: string, jobId: string, wanted: WantedSchedule): Promise<Schedule> {
    const earlier = madeBefore();
    if (earlier !== null) return this.get(service, earlier);
    return this.repository.transaction(async (tx) => {
      const job = await this.jobs.lockForUse(tx, service, jobId);
      await this.calendars.lockForUse(tx, service, wanted.calendars);
      const schedule = newSchedule(job, wanted, this.clock.now());
      await demandSlowEnough(tx, schedule);
      await demandRoom(tx, service, 'maxSchedules', () => this.repository.count(tx, service));
      await this.repository.insert(tx, schedule);
      await recordChange(tx, changeOf('created', null, schedule));
      await rememberMade(tx, schedule.id);
      return schedule;
    });
  }

  /** @throws ProblemError `schedule_not_found`, also for another service's and for an id that is not a UUID */
  async get(service: string, id: string): Promise<Schedule> {
    const schedule = isUuid(id) ? await this.repository.find(service, id) : null;
    return schedule ?? notFound(id);
  }

  /** Newest first. */
  list(service: string, filter: ScheduleFilter, window: ScheduleWindow): Promise<Schedule[]> {
    return this.repository.list(service, filter, window);
  }

  /**
   * Replaces what a client decides. Nothing is written, and the version stays, when that changes nothing.
   * @param decide gets the schedule as it is under the lock, so that a partial update never undoes a concurrent one
   * @throws ProblemError `schedule_not_found`, `stale_version`, `quota_exceeded`, or naming the field that is wrong
   */
  change(
    service: string,
    id: string,
    expected: ExpectedVersion,
    decide: (schedule: Schedule) => WantedSchedule | Promise<WantedSchedule>,
  ): Promise<Schedule> {
    return this.withLocked(service, id, async (tx, current, job) => {
      requireVersion(current, expected, `Schedule ${id}`);
      const { active, ...definition } = await decide(current);
      await this.calendars.lockForUse(tx, service, definition.calendars);
      const context = { now: this.clock.now(), jobActive: job.active, recurrences: this.recurrences };
      const left = leftByChange(current, definition, context) ?? leftByResume(current, active, context);
      const accounted = await this.leftovers.accountFor(tx, current, left);
      const made = switched(current, revised(accounted, definition, context), active, context);
      if (made === current) return current;
      const changed = nextVersionOf(current, made, context.now);
      await demandSlowEnough(tx, changed, current);
      await this.repository.update(tx, changed);
      await recordChange(tx, changeOf(verbOf(current, changed), current, changed));
      return changed;
    });
  }

  /**
   * The executions of the schedule stay.
   * @throws ProblemError `schedule_not_found`, `stale_version`
   */
  delete(service: string, id: string, expected: ExpectedVersion): Promise<void> {
    return this.withLocked(service, id, async (tx, current) => {
      requireVersion(current, expected, `Schedule ${id}`);
      const left = leftoversOf(current, 'schedule_deleted', this.clock.now());
      await this.leftovers.accountFor(tx, current, left);
      await this.repository.delete(tx, service, [id]);
      await recordChange(tx, changeOf('deleted', current, null));
    });
  }

  /**
   * Runs `work` with the job kept from changing and the schedule locked. The job comes first: a deactivation locks in
   * this order too.
   * @throws ProblemError `schedule_not_found`
   */
  async withLocked<T>(
    service: string,
    id: string,
    work: (tx: EntityManager, schedule: Schedule, job: Job) => Promise<T>,
  ): Promise<T> {
    const { jobId } = await this.get(service, id);
    return this.repository.transaction(async (tx) => {
      const job = await this.jobs.lockForUse(tx, service, jobId);
      const schedule = (await this.repository.lock(tx, service, id)) ?? notFound(id);
      return work(tx, schedule, job);
    });
  }
}

/** `paused` or `resumed` only if nothing but `active` changed. */
function verbOf(current: Schedule, changed: Schedule): 'updated' | 'paused' | 'resumed' {
  if (current.active === changed.active || !isSameDefinition(current, changed)) return 'updated';
  return changed.active ? 'resumed' : 'paused';
}

/** Version 1, on the clock from its first instant after `now` unless it or its job is not active. */
function newSchedule(job: Job, { active, ...definition }: WantedSchedule, now: Date): Schedule {
  const schedule = startedSchedule(job, definition, now);
  return active === false ? paused(schedule, NO_REASON_GIVEN, now) : schedule;
}

function startedSchedule(job: Job, definition: ScheduleDefinition, now: Date): Schedule {
  const id = newTimeOrderedId(now);
  const timing = { ...definition, anchorAt: definition.startAt ?? now };
  const first = firstRunAfter(now, timing, id);
  return {
    ...timing,
    id,
    service: job.service,
    jobId: job.id,
    active: true,
    pauseReason: null,
    pausedAt: null,
    catchupOverride: null,
    nextRunAt: job.active ? first : null,
    lastRunAt: null,
    runCount: 0,
    version: 1,
    createdAt: now,
    updatedAt: now,
  };
}

function notFound(id: string): never {
  throw scheduleNotFound(id);
}
