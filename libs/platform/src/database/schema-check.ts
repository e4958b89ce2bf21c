import type { DataSource } from 'typeorm';
import { migrations } from '../../../../migrations/index.js';
import { rowsOf } from './statement.js';

export interface SchemaCheck {
  readonly ok: boolean;
  /** One line for an operator: what differs, and what to do. */
  readonly detail: string;
}

/**
 * Compares the migrations that the database has seen with those this code was built with. Newer ones only add, and code
 * that does not know them goes on, unless one of them says otherwise: `schema_compatibility` names the migration that
 * code must know.
 */
export async function checkSchema(dataSource: DataSource): Promise<SchemaCheck> {
  const applied = await appliedMigrations(dataSource);
  const known = migrations.map((migration) => migration.name);
  const missing = known.filter((name) => !applied.includes(name));
  if (missing.length > 0) {
    const detail = `schema is older than the code: run migrations (missing ${missing.join(', ')})`;
    return { ok: false, detail };
  }
  const newer = applied.filter((name) => !known.includes(name));
  if (newer.length === 0) return { ok: true, detail: `schema at ${known.at(-1)}` };
  const minimum = await minimumKnown(dataSource);
  if (known.includes(minimum)) {
    return { ok: true, detail: `schema is newer than the code, and serves it (has ${newer.join(', ')})` };
  }
  return { ok: false, detail: `schema is too new for the code: deploy a version that knows ${minimum}` };
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

async function minimumKnown(dataSource: DataSource): Promise<string> {
  const [row] = await rowsOf<{ minimum: string }>(dataSource, 'SELECT minimum FROM schema_compatibility');
  return row?.minimum ?? 'the newest migration';
}
