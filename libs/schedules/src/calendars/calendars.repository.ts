import { Injectable } from '@nestjs/common';
import { InjectRepository } from '@nestjs/typeorm';
import { type EntityManager, type QueryDeepPartialEntity, Repository } from 'typeorm';
import { serviceUnknown } from '@app/access';
import {
  type Clashes,
  columnsOf,
  namingClash,
  type Queryable,
  rowsOf,
  statementRowsOf,
} from '@app/platform/database';
import { CalendarEntity } from './calendar.entity.js';
import { calendarNameTaken } from './calendars.errors.js';
import {
  type CalendarFilter,
  CALENDARS_NAMED,
  type CalendarWindow,
  listCalendars,
  LOCK_NAMED_FOR_USE,
  USERS_OF_CALENDAR,
} from './calendars.sql.js';
import type { Calendar, CalendarRules } from './domain/calendar.js';

export type { CalendarFilter, CalendarWindow };

/** A calendar as schedules know it, and the version of it that the asker has. */
export interface AskedCalendar {
  readonly service: string;
  readonly name: string;
  readonly known: Pick<Calendar, 'id' | 'version'> | null;
}

export interface NamedCalendar extends Pick<Calendar, 'service' | 'name' | 'id' | 'version'> {
  /** null where the asker's version is the current one. */
  readonly rules: CalendarRules | null;
}

@Injectable()
export class CalendarsRepository {
  private readonly columns: string;

  constructor(@InjectRepository(CalendarEntity) private readonly calendars: Repository<CalendarEntity>) {
    this.columns = columnsOf(calendars.metadata);
  }

  transaction<T>(work: (tx: EntityManager) => Promise<T>): Promise<T> {
    return this.calendars.manager.transaction(work);
  }

  find(service: string, id: string): Promise<Calendar | null> {
    return this.calendars.findOneBy({ id, service });
  }

  list(service: string, filter: CalendarFilter, window: CalendarWindow): Promise<Calendar[]> {
    const statement = listCalendars(this.columns, service, filter, window);
    return statementRowsOf(this.calendars.manager.connection, statement);
  }

  lockForChange(tx: EntityManager, service: string, id: string): Promise<Calendar | null> {
    return tx.findOne(CalendarEntity, { where: { id, service }, lock: { mode: 'pessimistic_write' } });
  }

  /** @returns those of the names that exist; they stay until `tx` ends */
  async lockNamedForUse(tx: EntityManager, service: string, names: readonly string[]): Promise<string[]> {
    const rows = await rowsOf<{ name: string }>(tx, LOCK_NAMED_FOR_USE, [service, names]);
    return rows.map(({ name }) => name);
  }

  /** @param tx the caller's transaction, if it is in one: a second connection could wait for its own first for ever */
  named(asked: readonly AskedCalendar[], tx: Queryable = this.calendars): Promise<NamedCalendar[]> {
    return rowsOf(tx, CALENDARS_NAMED, [
      asked.map(({ service }) => service),
      asked.map(({ name }) => name),
      asked.map(({ known }) => known?.id ?? null),
      asked.map(({ known }) => known?.version ?? null),
    ]);
  }

  /** Ids of up to `limit` schedules that name the calendar. */
  async usersOf(tx: EntityManager, { service, name }: Calendar, limit: number): Promise<string[]> {
    const rows = await rowsOf<{ id: string }>(tx, USERS_OF_CALENDAR, [service, name, limit]);
    return rows.map(({ id }) => id);
  }

  async insert(tx: EntityManager, calendar: Calendar): Promise<void> {
    await namingClash(clashesOf(calendar), () => tx.insert(CalendarEntity, row(calendar)));
  }

  async update(tx: EntityManager, calendar: Calendar): Promise<void> {
    const { id, service } = calendar;
    await namingClash(clashesOf(calendar), () => tx.update(CalendarEntity, { id, service }, row(calendar)));
  }

  async delete(tx: EntityManager, { service, id }: Calendar): Promise<void> {
    await tx.delete(CalendarEntity, { id, service });
  }
}

function clashesOf({ name }: Calendar): Clashes {
  return { calendars_of_service: serviceUnknown, calendars_name_per_service: () => calendarNameTaken(name) };
}

/** TypeORM's types follow no readonly lists. */
function row(calendar: Calendar): QueryDeepPartialEntity<CalendarEntity> {
  return calendar as unknown as QueryDeepPartialEntity<CalendarEntity>;
}
