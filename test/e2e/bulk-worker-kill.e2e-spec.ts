import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { TargetServer } from '../support/target-server.js';
import { waitFor } from '../support/wait-for.js';
import { Fleet } from './support/fleet/fleet.js';

jest.setTimeout(180_000);

const EXECUTIONS = 6_000;
/** Two transactions of a thousand have committed then, and the third is half done. */
const KILLED_AFTER = 2_500;
const COMMITTED = 2_000;
const LOCK = 20_261_123;

interface BulkOperation {
  readonly id: string;
  readonly state: string;
  readonly matched: number;
  readonly done: number;
  readonly finishedAt: string | null;
}

let target: TargetServer;
let fleet: Fleet;
let database: Client;
let jobId: string;

beforeEach(async () => {
  [target, fleet] = [await TargetServer.start(), await Fleet.create({ DRAIN_TIMEOUT_SECONDS: '1' })];
  database = new Client({ connectionString: fleet.database.url });
  await Promise.all([database.connect(), fleet.add('api'), fleet.add('worker')]);
  target.answer('/', { hang: true });
  const { id } = await fleet.call<{ id: string }>('POST', '/jobs', {
    name: 'one-at-a-time',
    target: { type: 'http', url: target.url('/') },
    maxConcurrency: 1,
  });
  jobId = id;
});

afterEach(async () => {
  await database.end();
  await fleet.stop();
  await target.stop();
});

/** Not due for an hour, so that nobody dispatches what waits. */
async function seed(state: 'pending' | 'failed'): Promise<void> {
  await database.query(
    `INSERT INTO executions (id, scheduled_for, service, job_id, job_version, trigger, state, due_at, max_attempts, finished_at, error)
     SELECT (lpad(to_hex(ms), 12, '0') || '70008000' || lpad(to_hex(k), 12, '0'))::uuid, to_timestamp(ms / 1000.0), 'default', $1, 1,
            'manual', $2, now() + interval '1 hour', 1, CASE WHEN $2 = 'failed' THEN now() END,
            CASE WHEN $2 = 'failed' THEN '{"type": "network", "message": "away"}'::jsonb END
     FROM generate_series(1, $3::bigint) AS k,
          LATERAL (SELECT (extract(epoch FROM now()) * 1000)::bigint - 60000 - k AS ms) AS instants`,
    [jobId, state, EXECUTIONS],
  );
}

/** Whoever acts on one execution more waits for us, in the midst of its transaction. */
async function stopAfter(count: number): Promise<void> {
  await database.query(`
    CREATE SEQUENCE acted_on;
    CREATE FUNCTION stop_midway() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF nextval('acted_on') > ${count} THEN PERFORM pg_advisory_xact_lock_shared(${LOCK}); END IF;
      RETURN NEW;
    END $$;
    CREATE TRIGGER stop_midway BEFORE UPDATE ON executions FOR EACH ROW
      WHEN (NEW.retried_as IS DISTINCT FROM OLD.retried_as OR NEW.cancel_requested_at IS DISTINCT FROM OLD.cancel_requested_at)
      EXECUTE FUNCTION stop_midway();
    SELECT pg_advisory_lock(${LOCK});`);
}

const isStopped = async (): Promise<boolean> => {
  const waiting = await rows(
    `SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = ${LOCK} AND NOT granted`,
  );
  return waiting.length > 0;
};

/** Kills the worker in the midst of the operation, and lets another one finish it. */
async function performedByTwoWorkers(body: object): Promise<BulkOperation> {
  await stopAfter(KILLED_AFTER);
  const { id } = await fleet.call<BulkOperation>('POST', '/bulk-operations', body);
  await waitFor(isStopped, { timeoutMs: 60_000, describe: 'the operation to be half done' });
  await fleet.killAll('worker');
  const read = () => fleet.call<BulkOperation>('GET', `/bulk-operations/${id}`);
  expect(await read()).toMatchObject({ state: 'running', matched: EXECUTIONS, done: COMMITTED });

  await fleet.add('worker');
  await database.query(`SELECT pg_advisory_unlock(${LOCK})`);
  return waitFor(
    async () => {
      const operation = await read();
      return operation.finishedAt !== null && operation;
    },
    { timeoutMs: 60_000, describe: 'the other worker to finish it' },
  );
}

describe('a bulk operation whose worker is killed in the midst of it', () => {
  it('retries every execution exactly once', async () => {
    await seed('failed');
    const operation = await performedByTwoWorkers({ action: 'retry', filter: { jobId, state: ['failed'] } });
    expect(operation).toMatchObject({ state: 'succeeded', matched: EXECUTIONS, done: EXECUTIONS });
    const [found] = await rows(
      `SELECT count(*)::int AS repeated, count(DISTINCT r.retry_of)::int AS origins, count(o.id)::int AS known
       FROM executions r LEFT JOIN executions o ON o.id = r.retry_of AND o.retried_as = r.id
       WHERE r.trigger = 'retry'`,
    );
    expect(found).toEqual({ repeated: EXECUTIONS, origins: EXECUTIONS, known: EXECUTIONS });
  });

  it('cancels every execution exactly once', async () => {
    await seed('pending');
    const operation = await performedByTwoWorkers({ action: 'cancel', filter: { jobId }, reason: 'stop' });
    expect(operation).toMatchObject({ state: 'succeeded', matched: EXECUTIONS, done: EXECUTIONS });
    expect(
      await rows(`SELECT state, cancel_reason AS reason, count(*)::int FROM executions GROUP BY 1, 2`),
    ).toEqual([{ state: 'cancelled', reason: 'stop', count: EXECUTIONS }]);
  });
});

async function rows(sql: string): Promise<object[]> {
  return (await database.query<object>(sql)).rows;
}
