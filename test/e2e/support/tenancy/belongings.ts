import { Client } from 'pg';
import type { ServiceClient } from './service-client.js';

/** In every name and text of the service that is spied on. */
export const MARK = 'belongs-to-a';

export const JOB = {
  name: MARK,
  description: MARK,
  tags: [MARK],
  target: { type: 'http', url: `https://${MARK}.example/` },
};
const SECRET = 'OF_A';
export const CALENDAR = { name: MARK, excludedDates: ['2030-01-01'] };
export const SCHEDULE = { type: 'interval', intervalSeconds: 3_600, parameters: { text: MARK } };

/** What a path or query names. */
export interface Belongings {
  readonly slug: string;
  readonly jobId: string;
  readonly scheduleId: string;
  readonly calendarId: string;
  /** Cancelled, so that it could be retried. */
  readonly executionId: string;
  /** Waits, so that it could be cancelled. */
  readonly waitingId: string;
  readonly bulkOperationId: string;
  readonly keyId: string;
  /** Of a secret: names are a service's own, so that this one may name something of the asker's. */
  readonly name: string;
  readonly signingSecretId: string;
}

/** One of each thing that a service can have. */
export async function furnish(slug: string, client: ServiceClient, databaseUrl: string): Promise<Belongings> {
  const job = await client.done<{ id: string }>('POST', '/jobs', JOB, { 'Idempotency-Key': MARK });
  await client.done('POST', '/jobs', { ...JOB, name: `${MARK}-2` });
  const calendar = await client.done<{ id: string }>('POST', '/calendars', CALENDAR);
  const schedule = await client.done<{ id: string }>('POST', `/jobs/${job.id}/schedules`, {
    ...SCHEDULE,
    calendars: [MARK],
  });
  const execution = await client.done<{ id: string }>('POST', `/jobs/${job.id}/execute`, {});
  const waiting = await client.done<{ id: string }>('POST', `/jobs/${job.id}/execute`, {});
  await client.done('POST', `/executions/${execution.id}/cancel`, { reason: MARK });
  const bulk = await client.done<{ id: string }>('POST', '/bulk-operations', {
    action: 'cancel',
    filter: { jobId: job.id },
  });
  const key = await client.done<{ id: string }>('POST', '/keys', { name: MARK, scopes: ['jobs:read'] });
  await client.done('PUT', `/secrets/${SECRET}`, { value: `${MARK}-value` });
  const signing = await client.done<{ id: string }>('POST', '/signing-secrets/rotate', {});
  await appendLog(databaseUrl, execution.id);
  return {
    slug,
    jobId: job.id,
    scheduleId: schedule.id,
    calendarId: calendar.id,
    executionId: execution.id,
    waitingId: waiting.id,
    bulkOperationId: bulk.id,
    keyId: key.id,
    name: SECRET,
    signingSecretId: signing.id,
  };
}

async function appendLog(databaseUrl: string, executionId: string): Promise<void> {
  await withDatabase(databaseUrl, (database) =>
    database.query(
      `INSERT INTO execution_logs SELECT id, scheduled_for, 0, 1, 'stdout', now(), $2 FROM executions WHERE id = $1`,
      [executionId, MARK],
    ),
  );
}

/** Every row that a service has, as text; what the use of its key alone changes is left out. */
export function rowsOfService(databaseUrl: string, slug: string): Promise<string[]> {
  return withDatabase(databaseUrl, async (database) => {
    const tables = await database.query<{ name: string }>(
      `SELECT c.oid::regclass::text AS name FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
       WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attname = 'service' AND NOT a.attisdropped ORDER BY 1`,
    );
    const reads = [
      ...tables.rows.map(
        ({ name }) => `SELECT to_jsonb(t) - 'last_used_at' AS row FROM ${name} t WHERE service = $1`,
      ),
      'SELECT to_jsonb(t) FROM services t WHERE slug = $1',
      'SELECT to_jsonb(t) FROM execution_logs t JOIN executions e ON e.id = t.execution_id WHERE e.service = $1',
    ];
    const { rows } = await database.query<{ row: string }>(
      `SELECT row::text AS row FROM (${reads.join(' UNION ALL ')}) AS all_rows ORDER BY 1`,
      [slug],
    );
    return rows.map(({ row }) => row);
  });
}

async function withDatabase<T>(url: string, work: (database: Client) => Promise<T>): Promise<T> {
  const database = new Client({ connectionString: url });
  await database.connect();
  try {
    return await work(database);
  } finally {
    await database.end();
  }
}
