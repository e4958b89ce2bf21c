import { Injectable } from '@nestjs/common';
import type { Queryable } from '@app/platform/database';
import type { Schedule } from '../domain/schedule.js';
import { type AskedCalendar, CalendarsRepository, type NamedCalendar } from './calendars.repository.js';
import { unknownCalendars } from './calendars.errors.js';
import {
  compileCalendar,
  type CompiledCalendar,
  type Exclusion,
  exclusionBy,
  NOTHING_EXCLUDED,
} from './domain/exclusion.js';

/** What calendars need to know of a schedule. */
export type CalendarUser = Pick<Schedule, 'service' | 'calendars'>;

/** @throws Error for a schedule whose calendars cannot be read: to run regardless would be to run on excluded days */
export type ExclusionOf = (schedule: CalendarUser) => Exclusion;

interface Known {
  readonly id: string;
  readonly version: number;
  readonly compiled: CompiledCalendar;
}

/** By service and name. */
type Lookup = ReadonlyMap<string, AskedCalendar & { readonly known: Known | null }>;

/** A compiled calendar takes 500 KB at most, and a few KB as a rule. */
const MAX_KNOWN = 1_000;

/** The calendars of schedules, compiled once a version. */
@Injectable()
export class CalendarExclusions {
  /** By service and name. A Map keeps insertion order, so its first key is the one unused for longest. */
  private readonly known = new Map<string, Known>();

  constructor(private readonly repository: CalendarsRepository) {}

  async forSchedule(schedule: CalendarUser): Promise<Exclusion> {
    return (await this.forSchedules([schedule]))(schedule);
  }

  /** Of names that a client gives. @throws ProblemError `unknown_calendar` at those that are none */
  async forNames(service: string, calendars: readonly string[]): Promise<Exclusion> {
    const asked = this.lookupOf([{ service, calendars }]);
    const current = await this.current(asked);
    const named = calendars.map((name, index) => ({ name, index }));
    const unknown = named.filter(({ name }) => !current.has(keyOf(service, name)));
    if (unknown.length > 0) throw unknownCalendars(unknown);
    return this.resolverOf(current, asked)({ service, calendars });
  }

  /**
   * One query for all of the schedules, none when they name no calendar. A calendar that cannot be used fails where it is
   * asked for, so that one schedule's fault is not that of the whole batch.
   */
  async forSchedules(schedules: readonly CalendarUser[], tx?: Queryable): Promise<ExclusionOf> {
    const asked = this.lookupOf(schedules);
    return asked.size === 0 ? () => NOTHING_EXCLUDED : this.resolverOf(await this.current(asked, tx), asked);
  }

  private async current(asked: Lookup, tx?: Queryable): Promise<ReadonlyMap<string, NamedCalendar>> {
    const rows = asked.size === 0 ? [] : await this.repository.named([...asked.values()], tx);
    return new Map(rows.map((row) => [keyOf(row.service, row.name), row]));
  }

  private resolverOf(current: ReadonlyMap<string, NamedCalendar>, asked: Lookup): ExclusionOf {
    const calendarNamed = (service: string, name: string) => {
      const row = current.get(keyOf(service, name));
      if (row === undefined) throw new Error(`there is no calendar named ${JSON.stringify(name)}`);
      return this.compiled(row, asked.get(keyOf(service, name))?.known ?? null);
    };
    return ({ service, calendars }) => exclusionBy(calendars.map((name) => calendarNamed(service, name)));
  }

  private lookupOf(schedules: readonly CalendarUser[]): Lookup {
    const names = schedules.flatMap(({ service, calendars }) => calendars.map((name) => ({ service, name })));
    return new Map(
      names.map(({ service, name }) => {
        const key = keyOf(service, name);
        return [key, { service, name, known: this.known.get(key) ?? null }];
      }),
    );
  }

  /** @param asked what was known when the row was asked for: by now it may be forgotten, and the row has no rules then */
  private compiled(row: NamedCalendar, asked: Known | null): CompiledCalendar {
    const key = keyOf(row.service, row.name);
    const known = [this.known.get(key), asked].find(
      (one) => one?.id === row.id && one.version === row.version,
    );
    if (known) {
      this.remember(key, known);
      return known.compiled;
    }
    if (row.rules === null) throw new Error(`calendar ${row.id} came without its rules`);
    const compiled = compileCalendar({ name: row.name, ...row.rules });
    this.remember(key, { id: row.id, version: row.version, compiled });
    return compiled;
  }

  private remember(key: string, calendar: Known): void {
    this.known.delete(key);
    this.known.set(key, calendar);
    const [oldest] = this.known.keys();
    if (this.known.size > MAX_KNOWN && oldest !== undefined) this.known.delete(oldest);
  }
}

/** Neither part has a NUL: the platform refuses it in any body. */
function keyOf(service: string, name: string): string {
  return `${service}\0${name}`;
}
