import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { validate as isUuid } from 'uuid';
import { recordChange } from '@app/audit';
import { Clock, newTimeOrderedId } from '@app/platform/clock';
import { type ExpectedVersion, requireVersion } from '@app/platform/http';
import { calendarInUse, calendarNotFound, unknownCalendars } from './calendars.errors.js';
import { type CalendarFilter, CalendarsRepository, type CalendarWindow } from './calendars.repository.js';
import type { Calendar, CalendarDefinition } from './domain/calendar.js';

/** Enough to find one's way to all of them. */
const MAX_USERS_NAMED = 5;

type Decide = (calendar: Calendar) => CalendarDefinition | Promise<CalendarDefinition>;

@Injectable()
export class CalendarsService {
  constructor(
    private readonly repository: CalendarsRepository,
    private readonly clock: Clock,
  ) {}

  /** @throws ProblemError `calendar_name_taken` */
  async create(service: string, definition: CalendarDefinition): Promise<Calendar> {
    const now = this.clock.now();
    const calendar = {
      ...definition,
      id: newTimeOrderedId(now),
      service,
      version: 1,
      createdAt: now,
      updatedAt: now,
    };
    await this.repository.transaction(async (tx) => {
      await this.repository.insert(tx, calendar);
      const resourceId = calendar.id;
      await recordChange(tx, { service, action: 'calendar.created', resourceId, after: calendar });
    });
    return calendar;
  }

  /** @throws ProblemError `calendar_not_found`, also for another service's and for an id that is not a UUID */
  async get(service: string, id: string): Promise<Calendar> {
    const calendar = isUuid(id) ? await this.repository.find(service, id) : null;
    return calendar ?? notFound(id);
  }

  /** Newest first. */
  list(service: string, filter: CalendarFilter, window: CalendarWindow): Promise<Calendar[]> {
    return this.repository.list(service, filter, window);
  }

  /**
   * Replaces what a client decides; the next firing goes by it. Nothing is written, and the version stays, when that
   * changes nothing.
   * @param expected the version that the caller has seen; null when it does not matter
   * @param decide gets the calendar as it is under the lock, so that a partial update never undoes a concurrent one
   * @throws ProblemError `calendar_not_found`, `stale_version`, `calendar_name_taken`, `calendar_in_use`
   */
  change(service: string, id: string, expected: ExpectedVersion, decide: Decide): Promise<Calendar> {
    return this.repository.transaction(async (tx) => {
      const current = await this.lockForChange(tx, service, id, expected);
      const changed: Calendar = { ...current, ...(await decide(current)) };
      if (isDeepStrictEqual(changed, { ...current })) return current;
      if (changed.name !== current.name) await this.refuseIfInUse(tx, current, 'renamed');
      const stored = { ...changed, version: current.version + 1, updatedAt: this.clock.now() };
      await this.repository.update(tx, stored);
      const sides = { before: current, after: stored };
      await recordChange(tx, { service, action: 'calendar.updated', resourceId: id, ...sides });
      return stored;
    });
  }

  /** @throws ProblemError `calendar_not_found`, `stale_version`, `calendar_in_use` */
  delete(service: string, id: string, expected: ExpectedVersion): Promise<void> {
    return this.repository.transaction(async (tx) => {
      const calendar = await this.lockForChange(tx, service, id, expected);
      await this.refuseIfInUse(tx, calendar, 'deleted');
      await this.repository.delete(tx, calendar);
      await recordChange(tx, { service, action: 'calendar.deleted', resourceId: id, before: calendar });
    });
  }

  /**
   * For a schedule that is to name them: until `tx` ends they keep their names.
   * @throws ProblemError `validation_failed` at each name that there is no calendar of
   */
  async lockForUse(tx: EntityManager, service: string, names: readonly string[]): Promise<void> {
    if (names.length === 0) return;
    const known = new Set(await this.repository.lockNamedForUse(tx, service, names));
    const faults = names.map((name, index) => ({ name, index })).filter(({ name }) => !known.has(name));
    if (faults.length > 0) throw unknownCalendars(faults);
  }

  private async lockForChange(
    tx: EntityManager,
    service: string,
    id: string,
    expected: ExpectedVersion,
  ): Promise<Calendar> {
    const calendar = isUuid(id) ? await this.repository.lockForChange(tx, service, id) : null;
    if (!calendar) return notFound(id);
    requireVersion(calendar, expected, `Calendar ${id}`);
    return calendar;
  }

  private async refuseIfInUse(tx: EntityManager, calendar: Calendar, verb: 'deleted' | 'renamed') {
    const users = await this.repository.usersOf(tx, calendar, MAX_USERS_NAMED);
    if (users.length > 0) throw calendarInUse(calendar.name, verb, users);
  }
}

function notFound(id: string): never {
  throw calendarNotFound(id);
}
