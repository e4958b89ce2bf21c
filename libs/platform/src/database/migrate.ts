import { Client } from 'pg';
import type { DataSource, MigrationInterface } from 'typeorm';
import { migrations } from '../../../../migrations/index.js';
import { withDataSource } from './data-source.js';
import { appliedMigrations } from './schema-check.js';

/** Serialises migrations of several processes that start together. Any constant does, as long as it is ours. */
const MIGRATION_LOCK = 7_265_001;

/** Applies what is missing, each migration in its own transaction. @returns the names applied, oldest first. */
export function runMigrations(databaseUrl: string): Promise<string[]> {
  return withDataSource(databaseUrl, async (dataSource) => {
    const runner = dataSource.createQueryRunner();
    try {
      await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
      const applied = await dataSource.runMigrations({ transaction: 'each' });
      return applied.map((migration) => migration.name);
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
      await runner.release();
    }
  });
}

/** Takes back the newest migration. @returns its name; null when there is none to take back */
export function revertLastMigration(databaseUrl: string): Promise<string | null> {
  return withDataSource(databaseUrl, async (dataSource: DataSource) => {
    const newest = (await appliedMigrations(dataSource)).at(-1) ?? null;
    if (newest !== null) await dataSource.undoLastMigration({ transaction: transactionOf(newest) });
    return newest;
  });
}

/** TypeORM asks a migration for its own wish when it applies it, not when it takes it back. */
function transactionOf(name: string): 'each' | 'none' {
  const newest = migrations.find((migration) => migration.name === name);
  const instance: MigrationInterface | undefined = newest && new newest();
  return instance?.transaction === false ? 'none' : 'each';
}

/** Creates the database named in `url` when the server does not have it. @returns whether it was created. */
export async function createDatabaseIfMissing(url: string): Promise<boolean> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const admin = new Client({ connectionString: maintenanceUrl(url) });
  await admin.connect();
  try {
    const { rowCount } = await admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount) return false;
    await admin.query(`CREATE DATABASE "${name.replaceAll('"', '""')}"`);
    return true;
  } finally {
    await admin.end();
  }
}

/** The same server's `postgres` database, which always exists. */
function maintenanceUrl(url: string): string {
  const maintenance = new URL(url);
  maintenance.pathname = '/postgres';
  return maintenance.href;
}
