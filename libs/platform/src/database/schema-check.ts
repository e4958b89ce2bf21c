import type { DataSource } from 'typeorm';
import { migrations } from '../../../../migrations/index.js';

export interface SchemaCheck {
  readonly ok: boolean;
  /** One line for an operator: what differs, and what to do. */
  readonly detail: string;
}

/** Compares the migrations that the database has seen with those this code was built with. */
export async function checkSchema(dataSource: DataSource): Promise<SchemaCheck> {
  const applied = await appliedMigrations(dataSource);
  const known = migrations.map((migration) => migration.name);
  const missing = known.filter((name) => !applied.includes(name));
  const unknown = applied.filter((name) => !known.includes(name));
  if (missing.length > 0) {
    return {
      ok: false,
      detail: `schema is older than the code: run migrations (missing ${missing.join(', ')})`,
    };
  }
  if (unknown.length > 0) {
    return {
      ok: false,
      detail: `schema is newer than the code: deploy a newer version (has ${unknown.join(', ')})`,
    };
  }
  return { ok: true, detail: `schema at ${known.at(-1)}` };
}

/** By name, oldest first. */
export async function appliedMigrations(dataSource: DataSource): Promise<string[]> {
  const [{ exists }] = await dataSource.query<[{ exists: boolean }]>(
    `SELECT to_regclass('schema_migrations') IS NOT NULL AS exists`,
  );
  if (!exists) return [];
  const rows = await dataSource.query<{ name: string }[]>('SELECT name FROM schema_migrations ORDER BY id');
  return rows.map((row) => row.name);
}
