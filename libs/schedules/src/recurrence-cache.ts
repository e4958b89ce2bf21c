import { Injectable } from '@nestjs/common';
import { compileRecurrence, type Recurrence } from './domain/recurrence.js';
import { ScheduleSpecError } from './domain/schedule-spec-error.js';
import type { Schedule } from './domain/schedule.js';
import { scheduleSpecOf } from './domain/schedule-timing.js';
import { scheduleUnreadable } from './schedules.errors.js';

/** A compiled expression takes a few KB at most, so this many stay well below 100 MB. */
const MAX_ENTRIES = 20_000;

interface Entry {
  readonly version: number;
  readonly recurrence: Recurrence;
}

/**
 * Compiled recurrences of stored schedules, the least recently used forgotten first: parsing costs some 50 times a step.
 * A version names one spec for ever, so an entry never goes stale.
 */
@Injectable()
export class RecurrenceCache {
  /** A Map keeps insertion order, so its first key is the one unused for longest. */
  private readonly entries = new Map<string, Entry>();

  /** @throws ScheduleSpecError for a stored schedule that this version of the code cannot read */
  recurrenceOf(schedule: Schedule): Recurrence {
    const known = this.entries.get(schedule.id);
    this.entries.delete(schedule.id);
    const entry = known?.version === schedule.version ? known : compile(schedule);
    this.entries.set(schedule.id, entry);
    if (this.entries.size > MAX_ENTRIES) this.forgetOldest();
    return entry.recurrence;
  }

  /** The same for whoever asked for it. @throws ProblemError `schedule_unreadable` */
  readableOf(schedule: Schedule): Recurrence {
    try {
      return this.recurrenceOf(schedule);
    } catch (error) {
      throw error instanceof ScheduleSpecError ? scheduleUnreadable(schedule.id, error.message) : error;
    }
  }

  private forgetOldest(): void {
    const [oldest = ''] = this.entries.keys();
    this.entries.delete(oldest);
  }
}

function compile(schedule: Schedule): Entry {
  const recurrence = compileRecurrence(scheduleSpecOf(schedule), schedule, schedule.id);
  return { version: schedule.version, recurrence };
}
