import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Who changed what. Nobody changes a row of it, and nobody but retention's pruner deletes one. */
export class Audit1795452000000 implements MigrationInterface {
  readonly name = 'Audit1795452000000';

  async up(db: QueryRunner): Promise<void> {
    await db.query(AUDIT_EVENTS);
    await db.query(APPEND_ONLY);
    await db.query(WALL);
  }

  async down(db: QueryRunner): Promise<void> {
    await db.query(`DROP TABLE audit_events`);
    await db.query(`DROP FUNCTION keep_audit_events()`);
  }
}

/** By time first, so that pruning finds the oldest, and everybody's new rows go to the end of each index but one. */
const AUDIT_EVENTS = `
  CREATE TABLE audit_events (
    id            uuid NOT NULL,
    service       text NOT NULL,
    at            timestamptz(3) NOT NULL DEFAULT now(),
    actor         text NOT NULL,
    action        text NOT NULL,
    resource_type text NOT NULL,
    resource_id   text NOT NULL,
    before        jsonb,
    after         jsonb,
    reason        text,
    request_id    text,
    PRIMARY KEY (at, id)
  );
  CREATE INDEX audit_events_of_service ON audit_events (service, at, id);
  CREATE INDEX audit_events_of_resource ON audit_events (service, resource_id, at, id);
`;

/**
 * Rights would not do: the login of api and worker owns the table. A month is kept whoever asks, so that a slip, or one
 * statement smuggled in, wipes out nothing that is still being looked for.
 */
const APPEND_ONLY = `
  CREATE FUNCTION keep_audit_events() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    IF TG_OP = 'DELETE' AND current_setting('scheduler.prunes_audit_events', true) = 'on'
       AND OLD.at < now() - interval '30 days' THEN
      RETURN OLD;
    END IF;
    RAISE EXCEPTION 'audit_events is append-only' USING ERRCODE = 'insufficient_privilege';
  END $$;
  CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON audit_events FOR EACH ROW EXECUTE FUNCTION keep_audit_events();
  CREATE TRIGGER never_emptied BEFORE TRUNCATE ON audit_events FOR EACH STATEMENT EXECUTE FUNCTION keep_audit_events();
`;

/** Where services have a second wall between them, it stands here too, and a request may only add and read. */
const WALL = `
  DO $$ BEGIN
    IF to_regprocedure('raise_tenant_wall(regclass, text)') IS NOT NULL THEN
      IF raise_tenant_wall('audit_events') THEN REVOKE UPDATE, DELETE ON audit_events FROM scheduler_tenant; END IF;
    END IF;
  END $$`;
