import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client } from 'pg';
import { waitFor } from '../support/wait-for.js';
import { ApiProcess } from './support/tenancy/api-process.js';
import { JOB } from './support/tenancy/belongings.js';
import { ServiceClient } from './support/tenancy/service-client.js';

const START_TIMEOUT_MS = 150_000;
/** More than the api works on at once. */
const SLOW_REQUESTS = 30;
/** Of the ten that an api has. */
const CONNECTIONS_OF_ONE = 8;

let api: ApiProcess;
let slow: ServiceClient;
let quick: ServiceClient;

beforeAll(async () => {
  api = await ApiProcess.start();
  slow = new ServiceClient(api.url, await api.createKey('slow'));
  quick = new ServiceClient(api.url, await api.createKey('quick'));
}, START_TIMEOUT_MS);
afterAll(() => api?.stop());

describe('a service whose statements all wait for a lock', () => {
  it('keeps no other service from an answer', async () => {
    const { id } = await slow.done<{ id: string }>('POST', '/jobs', JOB);
    const [holder, watcher] = [await connected(), await connected()];
    try {
      await holder.query('BEGIN');
      await holder.query('SELECT FROM jobs WHERE id = $1 FOR UPDATE', [id]);
      let answered = 0;
      const asked = Array.from({ length: SLOW_REQUESTS }, async (_, n) => {
        const { status } = await slow.ask({
          method: 'PATCH',
          path: `/jobs/${id}`,
          body: { description: `change ${n}` },
        });
        answered += 1;
        return status;
      });
      await waitFor(async () => (await waitingForLocks(watcher)) >= CONNECTIONS_OF_ONE);
      expect((await quick.ask({ method: 'GET', path: '/jobs' })).status).toBe(200);
      // None here; those that a slow machine let run into the lock time-out, but no second round.
      expect(answered).toBeLessThanOrEqual(CONNECTIONS_OF_ONE);
      await holder.query('ROLLBACK');
      expect([200, 503]).toEqual(expect.arrayContaining(await Promise.all(asked)));
    } finally {
      await Promise.all([holder.end(), watcher.end()]);
    }
  });
});

async function connected(): Promise<Client> {
  const client = new Client({ connectionString: api.database.url });
  await client.connect();
  return client;
}

async function waitingForLocks(client: Client): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return rows[0]!.count;
}
