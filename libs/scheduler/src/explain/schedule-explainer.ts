import { Injectable } from '@nestjs/common';
import { JobsService } from '@app/jobs';
import { Clock } from '@app/platform/clock';
import { AppConfig } from '@app/platform/config';
import {
  CalendarExclusions,
  jitterMs,
  LATEST_INSTANT_MS,
  oldestIn,
  type Recurrence,
  RecurrenceCache,
  type Schedule,
  SchedulesService,
} from '@app/schedules';
import { explainInstants } from './domain/explain-instants.js';
import type { Circumstances, ExecutionRecord, Explanation } from './domain/explanation.js';
import { InstantRecordsRepository } from './instant-records.repository.js';

/** From `from` on, up to but not including `to`. */
export interface ExplainedWindow {
  readonly from: Date;
  readonly to: Date;
}

export interface AskedWindow {
  /** null: as far back as makes sense to somebody who asks why it did not run just now. */
  readonly from: Date | null;
  /** null: up to now, and the next instant besides. */
  readonly to: Date | null;
}

export interface ScheduleExplanation extends ExplainedWindow {
  readonly scheduleId: string;
  /** Ascending. */
  readonly instants: readonly Explanation[];
  /** There are more, later ones in the window. */
  readonly truncated: boolean;
}

const MAX_INSTANTS = 1_000;
const MOST_OF_PAST = MAX_INSTANTS - 1;
export const DAY_MS = 86_400_000;

/** Why did it not run? Puts the instants that a schedule has beside what became of them. */
@Injectable()
export class ScheduleExplainer {
  constructor(
    private readonly schedules: SchedulesService,
    private readonly jobs: JobsService,
    private readonly recurrences: RecurrenceCache,
    private readonly calendars: CalendarExclusions,
    private readonly records: InstantRecordsRepository,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** @throws ProblemError `schedule_not_found` */
  async explain(service: string, id: string, asked: AskedWindow): Promise<ScheduleExplanation> {
    const schedule = await this.schedules.get(service, id);
    const recurrence = this.recurrenceOf(schedule);
    const now = this.clock.now();
    const to = asked.to ?? endOf(recurrence, now);
    const from = asked.from ?? startOf(schedule, recurrence, asked.to ?? now);
    const records = await this.records.around(schedule, from, to, MAX_INSTANTS + 1);
    const range = { after: from.getTime() - 1, until: to.getTime() - 1 };
    const wanted = recurrence ? oldestIn(recurrence, range, MAX_INSTANTS + 1).instants : [];
    const instants = withRecorded(wanted, records, { from, to });
    return {
      scheduleId: id,
      from,
      to,
      instants: explainInstants(
        instants.slice(0, MAX_INSTANTS),
        records,
        await this.circumstancesOf(schedule),
      ),
      truncated: instants.length > MAX_INSTANTS,
    };
  }

  /** null for a parked schedule that cannot be read any more: its history is explained all the same. */
  private recurrenceOf(schedule: Schedule): Recurrence | null {
    try {
      return this.recurrences.recurrenceOf(schedule);
    } catch {
      return null;
    }
  }

  private async circumstancesOf(schedule: Schedule): Promise<Circumstances> {
    const job = await this.jobs.findIncludingDeleted(schedule.service, schedule.jobId);
    const isActive = job !== null && job.active && job.deletedAt === null;
    const { maxConcurrentRuns, keptDays } = await this.records.limitsOf(
      schedule.service,
      this.config.retentionDays,
    );
    const now = this.clock.now().getTime();
    return {
      schedule,
      job: {
        active: isActive,
        maxConcurrency: job?.maxConcurrency ?? null,
        updatedAt: job?.updatedAt ?? null,
      },
      service: { maxConcurrentRuns },
      jitterMs: jitterMs(schedule.id, schedule.jitterSeconds),
      now,
      keptSince: now - keptDays * DAY_MS,
      calendarAt: await this.calendarAt(schedule),
    };
  }

  /** A schedule that names a calendar which is gone is parked, so that nothing of it is to come. */
  private async calendarAt(schedule: Schedule): Promise<Circumstances['calendarAt']> {
    const exclusionOf = await this.calendars.forSchedules([schedule]);
    try {
      return exclusionOf(schedule).calendarAt;
    } catch {
      return () => null;
    }
  }
}

/** Just after the next instant, so that also a schedule that has not fired yet says when it will. */
function endOf(recurrence: Recurrence | null, now: Date): Date {
  const next = recurrence?.nextAfter(now.getTime()) ?? null;
  return next === null ? now : new Date(Math.min(next + 1, LATEST_INSTANT_MS));
}

/**
 * A day before `to`, but not before the schedule was made, and no more than the newest instants that fit an answer with the
 * next one.
 */
function startOf({ createdAt }: Schedule, recurrence: Recurrence | null, to: Date): Date {
  const end = to.getTime();
  const dayBefore = end - DAY_MS;
  const start = createdAt.getTime() < end ? Math.max(dayBefore, createdAt.getTime()) : dayBefore;
  const newest = recurrence?.newestIn(start - 1, end - 1, MOST_OF_PAST) ?? [];
  return new Date(newest.length === MOST_OF_PAST ? newest[0]! : start);
}

/** With those that the schedule had before it was changed: they are in the records only. */
function withRecorded(
  instants: readonly number[],
  records: readonly ExecutionRecord[],
  { from, to }: ExplainedWindow,
): number[] {
  const recorded = records.map(({ scheduledFor }) => scheduledFor.getTime());
  const inWindow = recorded.filter((instant) => instant >= from.getTime() && instant < to.getTime());
  return [...new Set([...instants, ...inWindow])].sort((a, b) => a - b);
}
