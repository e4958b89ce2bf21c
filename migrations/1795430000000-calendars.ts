import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Named sets of days and times at which schedules do not run. */
export class Calendars1795430000000 implements MigrationInterface {
  readonly name = 'Calendars1795430000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(CALENDARS);
    await db.query(SCHEDULES_WITH_CALENDARS);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      DROP INDEX schedules_with_calendars;
      DROP TABLE calendars;
    `);
  }
}

const CALENDARS = `
  CREATE TABLE calendars (
    id                uuid PRIMARY KEY,
    service           text NOT NULL DEFAULT 'default',
    name              text NOT NULL,
    timezone          text NOT NULL DEFAULT 'UTC',
    -- Days without a zone: the driver would turn date[] into instants of the machine's own zone.
    excluded_dates    text[] NOT NULL DEFAULT '{}',
    excluded_weekdays smallint[] NOT NULL DEFAULT '{}' CHECK (excluded_weekdays <@ '{0,1,2,3,4,5,6}'),
    excluded_windows  jsonb NOT NULL DEFAULT '[]',
    version           integer NOT NULL DEFAULT 1,
    created_at        timestamptz(3) NOT NULL DEFAULT now(),
    updated_at        timestamptz(3) NOT NULL DEFAULT now(),
    CONSTRAINT calendars_name_per_service UNIQUE (service, name)
  );
  CREATE INDEX calendars_listed ON calendars (service, id DESC);
`;

/** Who uses a calendar. Partial, so that firing a schedule without calendars, as most are, never writes to it. */
const SCHEDULES_WITH_CALENDARS = `
  CREATE INDEX schedules_with_calendars ON schedules USING gin (calendars) WHERE calendars <> '{}';
`;
