import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import type { DataSource, MigrationInterface, QueryRunner } from 'typeorm';
import { StartupFault } from '@app/platform/lifecycle';
import { migrations } from '../../../../migrations/index.js';
import { withDataSource } from './data-source.js';
import { isLockTimeout } from './postgres-error.js';
import { appliedMigrations } from './schema-check.js';
import { rowsOf } from './statement.js';

/** Serialises migrations of several processes that start together. Any constant does, as long as it is ours. */
const MIGRATION_LOCK = 7_265_001;

/**
 * How long a migration stands in line for a table that somebody reads, such as a dump: all that come later stand behind it,
 * so that a longer wait would stop the service.
 */
const IN_LINE_MS = 1_000;
const BETWEEN_TRIES_MS = 3_000;
/** The wall between services needs roles that may be taken on without being inherited (ADR 13). */
const OLDEST_SERVER = 160_000;

/** Applies what is missing, each migration in its own transaction. @returns the names applied, oldest first. */
export function runMigrations(databaseUrl: string): Promise<string[]> {
  return withDataSource(databaseUrl, (dataSource) =>
    alone(dataSource, async () => {
      await refuseOldServer(dataSource);
      dataSource.migrations.forEach(leaveLineSoon);
      const before = new Set(await appliedMigrations(dataSource));
      await untilNobodyIsInTheWay(() => dataSource.runMigrations({ transaction: 'each' }));
      return (await appliedMigrations(dataSource)).filter((name) => !before.has(name));
    }),
  );
}

async function refuseOldServer(dataSource: DataSource): Promise<void> {
  const sql = `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number`;
  const [server] = await rowsOf<{ version: string; number: number }>(dataSource, sql);
  if (server!.number < OLDEST_SERVER)
    throw new StartupFault(`The server is PostgreSQL ${server!.version}; 16 or later is needed.`);
}

/**
 * Asks for the lock again and again instead of waiting for it: who waits inside a statement keeps its snapshot, and another
 * process's CREATE INDEX CONCURRENTLY waits for that.
 */
async function alone<T>(dataSource: DataSource, work: () => Promise<T>): Promise<T> {
  const runner = dataSource.createQueryRunner();
  const isOurs = async () => {
    const sql = 'SELECT pg_try_advisory_lock($1) AS "isOurs"';
    const [row] = await rowsOf<{ isOurs: boolean }>(runner, sql, [MIGRATION_LOCK]);
    return row?.isOurs ?? false;
  };
  try {
    while (!(await isOurs())) await delay(200);
    return await work();
  } finally {
    // Of a connection that is gone the lock is too; what went wrong is for the caller to hear.
    await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]).catch(() => undefined);
    await runner.release().catch(() => undefined);
  }
}

/** Also one that has no transaction, as it builds indexes concurrently: it can be begun again where it left. */
function leaveLineSoon(migration: MigrationInterface): void {
  const [up, down] = [migration.up.bind(migration), migration.down.bind(migration)];
  migration.up = (runner) => inLine(runner, migration, up);
  migration.down = (runner) => inLine(runner, migration, down);
}

async function inLine(
  runner: QueryRunner,
  { transaction }: MigrationInterface,
  migrate: (runner: QueryRunner) => Promise<void>,
): Promise<void> {
  if (transaction !== false) {
    await runner.query(`SET LOCAL lock_timeout = ${IN_LINE_MS}`);
    return migrate(runner);
  }
  await runner.query(`SET lock_timeout = ${IN_LINE_MS}`);
  try {
    await migrate(runner);
  } finally {
    await runner.query('RESET lock_timeout').catch(() => undefined); // of a connection that is gone
  }
}

async function untilNobodyIsInTheWay(migrate: () => Promise<unknown>): Promise<void> {
  for (;;) {
    try {
      await migrate();
      return;
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      console.warn('A migration waits for a table that another session holds, such as a dump; trying again.');
      await delay(BETWEEN_TRIES_MS);
    }
  }
}

/** Takes back the newest migration. @returns its name; null when there is none to take back */
export function revertLastMigration(databaseUrl: string): Promise<string | null> {
  return withDataSource(databaseUrl, async (dataSource: DataSource) => {
    const newest = (await appliedMigrations(dataSource)).at(-1) ?? null;
    if (newest === null) return null;
    dataSource.migrations.forEach(leaveLineSoon);
    await untilNobodyIsInTheWay(() => dataSource.undoLastMigration({ transaction: transactionOf(newest) }));
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
