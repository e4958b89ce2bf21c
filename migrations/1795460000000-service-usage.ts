import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What services with a quota of runs or of storage have used: a service without has no row in either. */
export class ServiceUsage1795460000000 implements MigrationInterface {
  readonly name = 'ServiceUsage1795460000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(SERVICE_MINUTES);
    await db.query(SERVICE_STORAGE);
    for (const table of TABLES) await db.query(wallOf(table));
  }

  async down(db: QueryRunner): Promise<void> {
    for (const table of TABLES) await db.query(`DROP TABLE ${table}`);
  }
}

const TABLES = ['service_minutes', 'service_storage'] as const;

/** A row a minute, so that each run counts in the minute that its `created_at` says; the pruner takes them away again. */
const SERVICE_MINUTES = `
  CREATE TABLE service_minutes (
    service text NOT NULL REFERENCES services (slug) ON DELETE CASCADE,
    minute  timestamptz NOT NULL,
    runs    integer NOT NULL,
    PRIMARY KEY (service, minute)
  ) WITH (fillfactor = 50);
`;

const SERVICE_STORAGE = `
  CREATE TABLE service_storage (
    service    text PRIMARY KEY REFERENCES services (slug) ON DELETE CASCADE,
    -- NULL until the first count has ended.
    bytes      bigint,
    counted_at timestamptz(3),
    -- Of the count that a worker is at, or of the last one.
    began_at   timestamptz(3) NOT NULL DEFAULT now()
  );
`;

/** Where services have a second wall between them, it stands here too. */
const wallOf = (table: string) => `
  DO $$ BEGIN
    IF to_regprocedure('raise_tenant_wall(regclass, text)') IS NOT NULL THEN
      PERFORM raise_tenant_wall('${table}');
    END IF;
  END $$`;
