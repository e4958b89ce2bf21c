import { Injectable } from '@nestjs/common';
import { Clock } from '@app/platform/clock';
import {
  describeSchedule,
  type FireTime,
  previewFireTimes,
  scheduleWarnings,
  type ScheduleWarning,
} from './domain/index.js';
import { scheduleSpecOf } from './domain/schedule-timing.js';
import { type BoundedTiming, compileAccepted } from './schedule-acceptance.js';
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
  constructor(
    private readonly schedules: SchedulesService,
    private readonly clock: Clock,
  ) {}

  /**
   * An interval without startAt counts from `from`, as it will from its creation.
   * @param from the first instant shown is later than this; null means now
   * @throws ProblemError naming the field that is wrong
   */
  ofUnsaved(timing: Omit<BoundedTiming, 'anchorAt'>, from: Date | null, count: number): SchedulePreview {
    const start = from ?? this.clock.now();
    const anchored = { ...timing, anchorAt: timing.startAt ?? start };
    return previewOf(anchored, UNSAVED_SEED, start, count, undefined);
  }

  /** @throws ProblemError `schedule_not_found` */
  async ofStored(id: string, count: number): Promise<SchedulePreview> {
    const schedule = await this.schedules.get(id);
    return previewOf(schedule, id, this.clock.now(), count, id);
  }
}

/** @param drawnFrom what `H` is drawn from, when that is known already */
function previewOf(
  timing: BoundedTiming,
  seed: string,
  from: Date,
  count: number,
  drawnFrom: string | undefined,
): SchedulePreview {
  const recurrence = compileAccepted(timing, seed);
  const spec = scheduleSpecOf(timing);
  return {
    description: describeSchedule(spec),
    fireTimes: previewFireTimes(recurrence, timing.timezone, from.getTime(), count),
    warnings: scheduleWarnings(spec, from.getTime(), drawnFrom),
  };
}
