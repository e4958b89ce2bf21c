import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The tenants, and what each may have and do. A limit that is not set does not limit. */
export class Services1795440000000 implements MigrationInterface {
  readonly name = 'Services1795440000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(SERVICES);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE services`);
  }
}

const SERVICES = `
  CREATE TABLE services (
    slug                     text PRIMARY KEY CHECK (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
    name                     text NOT NULL,
    max_jobs                 integer CHECK (max_jobs >= 0),
    max_schedules            integer CHECK (max_schedules >= 0),
    min_interval_seconds     integer CHECK (min_interval_seconds >= 1),
    max_runs_per_minute      integer CHECK (max_runs_per_minute >= 0),
    -- How many of its runs are queued or running at once.
    max_concurrent_runs      integer CHECK (max_concurrent_runs >= 1),
    max_stored_bytes         bigint CHECK (max_stored_bytes >= 0),
    -- How long history stays, by outcome; the installation's RETENTION_DAYS is the default and the most.
    succeeded_retention_days integer CHECK (succeeded_retention_days >= 1),
    failed_retention_days    integer CHECK (failed_retention_days >= 1),
    -- Beyond the installation's EGRESS_ALLOW: hosts, CIDRs and ports that its HTTP targets may reach.
    egress_allow             text[] NOT NULL DEFAULT '{}',
    version                  integer NOT NULL DEFAULT 1,
    created_at               timestamptz(3) NOT NULL DEFAULT now(),
    updated_at               timestamptz(3) NOT NULL DEFAULT now()
  );
  INSERT INTO services (slug, name) SELECT DISTINCT service, service FROM jobs UNION SELECT 'default', 'default';
`;
