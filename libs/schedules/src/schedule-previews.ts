import { Injectable } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import { LoopTurns, TurnLine } from '@app/platform/waiting';
import { CalendarExclusions } from './calendars/calendar-exclusions.js';
import { allowedInstants } from './calendars/domain/allowed-instants.js';
import type { Exclusion } from './calendars/domain/exclusion.js';
import { type Recurrence } from './domain/recurrence.js';
import { type FireTime, previewFireTimes } from './domain/recurrence-preview.js';
import { describeSchedule } from './domain/schedule-description.js';
import type { Schedule } from './domain/schedule.js';
import { scheduleWarnings, type ScheduleWarning } from './domain/schedule-warnings.js';
import { runsLeftOf } from './domain/finish-reason.js';
import { scheduleSpecOf } from './domain/schedule-timing.js';
import { RecurrenceCache } from './recurrence-cache.js';
import { type BoundedTiming, compileAccepted } from './schedule-acceptance.js';
import type { ScheduleDefinition } from './schedule-definition.js';
import { SchedulesService } from './schedules.service.js';

export interface SchedulePreview {
  /** In plain English. */
  readonly description: string;
  readonly fireTimes: readonly FireTime[];
  readonly warnings: readonly ScheduleWarning[];
}

/** Stands in for the id of a schedule that has none yet. */
const UNSAVED_SEED = 'preview';

/** When a schedule fires, without anything being stored or fired. */
@Injectable()
export class SchedulePreviews {
  /** A preview of 1,000 years takes up to half a second, and whoever may read may ask for many at once. */
  private readonly line = new TurnLine();

  constructor(
    private readonly schedules: SchedulesService,
    private readonly calendars: CalendarExclusions,
    private readonly recurrences: RecurrenceCache,
    private readonly clock: Clock,
  ) {}

  /**
   * An interval without startAt counts from `from`, as it will from its creation. Calendars and `maxRuns` count as they will.
   * @param from the first instant shown is later than this; null means now
   * @throws ProblemError naming the field that is wrong
   */
  async ofUnsaved(
    service: string,
    definition: ScheduleDefinition,
    from: Date | null,
    count: number,
  ): Promise<SchedulePreview> {
    const start = from ?? this.clock.now();
    const timing = { ...definition, anchorAt: definition.startAt ?? start };
    return this.preview({
      timing,
      recurrence: compileAccepted(timing, UNSAVED_SEED),
      from: start,
      count: Math.min(count, definition.maxRuns ?? Infinity),
      exclusion: await this.calendars.forNames(service, definition.calendars),
    });
  }

  /** Instants that a calendar excludes are left out, and those that `maxRuns` leaves no run. @throws ProblemError `schedule_not_found`, `schedule_unreadable` */
  async ofStored(service: string, id: string, count: number): Promise<SchedulePreview> {
    const schedule = await this.schedules.get(service, id);
    const exclusion = await this.calendars.forSchedule(schedule);
    const preview = await this.preview({
      timing: schedule,
      recurrence: this.recurrences.readableOf(schedule),
      drawnFrom: id,
      from: this.clock.now(),
      count: Math.min(count, runsLeftOf(schedule)),
      exclusion,
    });
    const isMoot = preview.fireTimes.length === 0;
    return isMoot ? preview : { ...preview, warnings: [...offClockWarnings(schedule), ...preview.warnings] };
  }

  private async preview(question: Question): Promise<SchedulePreview> {
    const { timing, from, drawnFrom } = question;
    const spec = scheduleSpecOf(timing);
    const fireTimes = await this.fireTimes(question);
    return {
      description: describeSchedule(spec),
      fireTimes,
      warnings: [
        ...scheduleWarnings(spec, from.getTime(), { bounds: timing, seed: drawnFrom }),
        ...(fireTimes.length === 0 ? exclusionWarnings(question) : []),
      ],
    };
  }

  private async fireTimes({ timing, recurrence, from, count, exclusion }: Question): Promise<FireTime[]> {
    const allowed = allowedInstants(recurrence, exclusion);
    const fireTimes: FireTime[] = [];
    await this.line.next();
    const turns = new LoopTurns(this.line);
    for (const fireTime of previewFireTimes(allowed, timing.timezone, from.getTime(), count)) {
      fireTimes.push(fireTime);
      await turns.pass();
    }
    return fireTimes;
  }
}

interface Question {
  readonly timing: BoundedTiming;
  readonly recurrence: Recurrence;
  readonly from: Date;
  readonly count: number;
  /** What `H` is drawn from, when that is known already. */
  readonly drawnFrom?: string;
  readonly exclusion: Exclusion;
}

/** Why no time is shown, where there would be some without calendars. */
function exclusionWarnings({ recurrence, from, count, exclusion }: Question): ScheduleWarning[] {
  const next = count > 0 ? recurrence.nextAfter(from.getTime()) : null;
  const calendar = next === null ? null : exclusion.calendarAt(next);
  if (calendar === null) return [];
  const message = `no instant is left: the calendar ${calendar} excludes the next one, and none was found that the calendars allow`;
  return [{ code: 'calendar_excludes_all', message }];
}

/** What the times do not show: that nothing fires at them as things are. */
function offClockWarnings({ active, pauseReason, nextRunAt }: Schedule): ScheduleWarning[] {
  if (!active) {
    const message = `off the clock (${pauseReason ?? 'paused'}): nothing fires at these times until it is resumed`;
    return [{ code: 'paused', message }];
  }
  if (nextRunAt !== null) return [];
  return [
    { code: 'job_inactive', message: 'its job is inactive: nothing fires at these times until it is active' },
  ];
}
