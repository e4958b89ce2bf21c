import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * What a service owns keeps it from being deleted, and nothing is made for a service that is not there. Not so for
 * schedules and executions: each has its job, and a check for each firing would be paid on the hot path.
 */
export class OwnedByServices1795442000000 implements MigrationInterface {
  readonly name = 'OwnedByServices1795442000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(OWNED_BY_SERVICES);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`
      ALTER TABLE calendars DROP CONSTRAINT calendars_of_service;
      ALTER TABLE jobs DROP CONSTRAINT jobs_of_service;
    `);
  }
}

/** NOT VALID first: the scan of the rows that are there already then needs no lock that writers wait for. */
const OWNED_BY_SERVICES = `
  INSERT INTO services (slug, name)
  SELECT service, service FROM jobs UNION SELECT service, service FROM calendars
  ON CONFLICT DO NOTHING;
  ALTER TABLE jobs ADD CONSTRAINT jobs_of_service FOREIGN KEY (service) REFERENCES services (slug) NOT VALID;
  ALTER TABLE calendars ADD CONSTRAINT calendars_of_service FOREIGN KEY (service) REFERENCES services (slug) NOT VALID;
  ALTER TABLE jobs VALIDATE CONSTRAINT jobs_of_service;
  ALTER TABLE calendars VALIDATE CONSTRAINT calendars_of_service;
`;
