import { randomBytes } from 'node:crypto';
import { Client } from 'pg';

/** A database of one test file's own, with the schema already in it. */
export interface TestDatabase {
  readonly url: string;
  /** BullMQ's own database for the `postgres` queue backend. */
  readonly queueUrl: string;
  drop(): Promise<void>;
}

export interface PlannedDatabase extends TestDatabase {
  create(): Promise<void>;
}

export async function createTestDatabase(): Promise<TestDatabase> {
  const database = planTestDatabase();
  await database.create();
  return database;
}

/** One whose address is known before it exists. To drop it is no mistake then either. */
export function planTestDatabase(): PlannedDatabase {
  const name = `test_${randomBytes(6).toString('hex')}`;
  const queueName = `${name}_queue`;
  return {
    url: urlOf(name),
    queueUrl: urlOf(queueName),
    create: () => createDatabases(name, queueName),
    drop: () => dropDatabases(name, queueName),
  };
}

/**
 * Copies the two templates that scripts/test.mjs migrated: tens of milliseconds, where running the migrations would
 * take a second for each test file.
 */
async function createDatabases(name: string, queueName: string): Promise<void> {
  await asAdmin(async (admin) => {
    await admin.query(`CREATE DATABASE ${name} TEMPLATE scheduler_template`);
    await admin.query(`CREATE DATABASE ${queueName} TEMPLATE queue_template`);
  });
}

/** By force: a test that failed may have left connections open, and must not fail twice for it. */
async function dropDatabases(...names: readonly string[]): Promise<void> {
  await asAdmin(async (admin) => {
    for (const name of names) await admin.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
  });
}

async function asAdmin(work: (admin: Client) => Promise<void>): Promise<void> {
  const admin = new Client({ connectionString: adminUrl() });
  await admin.connect();
  try {
    await work(admin);
  } finally {
    await admin.end();
  }
}

function urlOf(database: string): string {
  const url = new URL(adminUrl());
  url.pathname = `/${database}`;
  return url.href;
}

function adminUrl(): string {
  const url = process.env.TEST_DATABASE_URL;
  if (!url) throw new Error('There is no test database: run the tests with `npm test`, which starts one.');
  return url;
}
