import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * A second wall between services, behind the `service = …` of every statement: row-level security for the role
 * `scheduler_tenant`, which the api takes on for the statements of a request. Roles belong to the whole server, so the role
 * may be there already, and is left there by `down`. Where the migrating user may not make one there is no wall: an
 * administrator can create the role, grant it, and call `raise_tenant_wall` for each table later.
 *
 * Outside a transaction: each table is locked for its own moment only, and not all of them together.
 */
export class TenantWall1795449000000 implements MigrationInterface {
  readonly name = 'TenantWall1795449000000';
  readonly transaction = false;

  async up(db: QueryRunner): Promise<void> {
    await db.query(ROLE);
    await db.query(MEMBERSHIP);
    await db.query(RAISE);
    await db.query(ACT);
    for (const { name } of await tablesOfServices(db)) await db.query('SELECT raise_tenant_wall($1)', [name]);
    await db.query(`SELECT raise_tenant_wall('services', $1)`, [OWN_SERVICE]);
    await db.query(`SELECT raise_tenant_wall('execution_logs', $1)`, [OWN_LOG]);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query('DROP FUNCTION IF EXISTS act_for_service(text)');
    for (const { name } of await walledTables(db)) await db.query(takeDown(name));
    await db.query('DROP FUNCTION raise_tenant_wall(regclass, text)');
  }
}

/** Two databases of one server may be migrated at once, and tests do. */
const ROLE = `
  DO $$ BEGIN
    IF to_regrole('scheduler_tenant') IS NULL THEN CREATE ROLE scheduler_tenant NOLOGIN; END IF;
  EXCEPTION
    WHEN duplicate_object OR unique_violation THEN NULL;
    WHEN insufficient_privilege THEN
      RAISE WARNING 'the role scheduler_tenant is missing and % may not create it: services have no second wall', current_user;
  END $$`;

/** INHERIT FALSE: the user may take the role on, and is not bound by its policies otherwise. */
const MEMBERSHIP = `
  DO $$ BEGIN
    IF NOT pg_has_role(current_user, to_regrole('scheduler_tenant'), 'SET') THEN
      EXECUTE format('GRANT scheduler_tenant TO %I WITH SET TRUE, INHERIT FALSE', current_user);
    END IF;
  EXCEPTION
    WHEN insufficient_privilege THEN
      RAISE WARNING '% may not take on the role scheduler_tenant: services have no second wall', current_user;
  END $$`;

/**
 * For each table that a request may reach, also in later migrations. The first policy leaves every role but the tenant's
 * as it was: a login that does not own the tables would see nothing otherwise. Partitions are reached through their parent,
 * and the role has no right to them.
 */
const RAISE = `
  CREATE OR REPLACE FUNCTION raise_tenant_wall(walled regclass, is_own text DEFAULT 'service = current_setting(''scheduler.service'', true)')
  RETURNS boolean LANGUAGE plpgsql AS $$
  BEGIN
    IF to_regrole('scheduler_tenant') IS NULL THEN RETURN false; END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO scheduler_tenant', current_schema());
    EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %s TO scheduler_tenant', walled);
    EXECUTE format('DROP POLICY IF EXISTS everybody ON %s', walled);
    EXECUTE format('CREATE POLICY everybody ON %s USING (true) WITH CHECK (true)', walled);
    EXECUTE format('DROP POLICY IF EXISTS own_service ON %s', walled);
    EXECUTE format('CREATE POLICY own_service ON %s AS RESTRICTIVE TO scheduler_tenant USING (%s) WITH CHECK (%s)',
                   walled, is_own, is_own);
    EXECUTE format('ALTER TABLE %s ENABLE ROW LEVEL SECURITY', walled);
    RETURN true;
  END $$`;

/** Which side of the wall a connection's next statements stand on; NULL is outside, as workers and migrations are. */
const ACT = `
  CREATE OR REPLACE FUNCTION act_for_service(acting text) RETURNS boolean LANGUAGE plpgsql AS $$
  DECLARE
    tenant oid := to_regrole('scheduler_tenant');
    walled boolean := acting IS NOT NULL AND tenant IS NOT NULL AND pg_has_role(session_user, tenant, 'SET');
  BEGIN
    PERFORM set_config('scheduler.service', COALESCE(acting, ''), false);
    PERFORM set_config('role', CASE WHEN walled THEN 'scheduler_tenant' ELSE 'none' END, false);
    RETURN walled;
  END $$`;

const OWN_SERVICE = `slug = current_setting('scheduler.service', true)`;

/** A line is its execution's; that table's own policy says whose that is. */
const OWN_LOG = `EXISTS (SELECT FROM executions e
  WHERE e.id = execution_logs.execution_id AND e.scheduled_for = execution_logs.scheduled_for)`;

function tablesOfServices(db: QueryRunner): Promise<{ name: string }[]> {
  return db.query(`
    SELECT c.oid::regclass::text AS name
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND a.attname = 'service' AND NOT a.attisdropped`) as Promise<{ name: string }[]>;
}

function walledTables(db: QueryRunner): Promise<{ name: string }[]> {
  return db.query(
    `SELECT polrelid::regclass::text AS name FROM pg_policy WHERE polname = 'own_service'`,
  ) as Promise<{ name: string }[]>;
}

const takeDown = (table: string) => `
  ALTER TABLE ${table} DISABLE ROW LEVEL SECURITY;
  DROP POLICY everybody ON ${table};
  DROP POLICY own_service ON ${table};
  REVOKE ALL ON ${table} FROM scheduler_tenant`;
