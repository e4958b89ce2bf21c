/** Requests/s of the api process, and of a bare Express handler that does the same query. */
import { seedExecutions, seedJobs, seedSchedules } from '../seeding.mjs';
import { withApi } from './api-process.mjs';
import { loadWith } from './load.mjs';
import { connectPostgres } from './postgres.mjs';

const JOBS = 1_000;
const EXECUTIONS = 1_000_000;
/** Stored, and not in the way of what is measured. */
const IN_AN_HOUR_MS = 3_600_000;

export async function prepare({ executions = EXECUTIONS, schedules = 0 }) {
  const client = await connectPostgres();
  await seedJobs(client, JOBS);
  if (schedules > 0) await seedSchedules(client, { schedules, jobs: JOBS, firstInMs: IN_AN_HOUR_MS });
  await seedExecutions(client, { executions, jobs: JOBS, schedules });
  await client.query('VACUUM ANALYZE jobs, schedules, executions');
  await client.end();
}

export async function measure({ server }) {
  const ids = await jobIds();
  return withApi(server, (origin) => measureRequests(origin, ids));
}

async function measureRequests(origin, ids) {
  let count = 0;
  const nextId = () => ids[count++ % ids.length];
  const run = Date.now();
  const requests = {
    job: () => ({ path: `/jobs/${nextId()}` }),
    jobs: () => ({ path: '/jobs?limit=50' }),
    history: () => ({ path: `/jobs/${nextId()}/executions` }),
    create: () => ({ method: 'POST', path: '/jobs', body: newJob(`bench-${run}-${count++}`) }),
    execute: () => ({ method: 'POST', path: `/jobs/${nextId()}/execute`, body: {} }),
  };
  const figures = {};
  for (const [name, next] of Object.entries(requests)) {
    const { perSecond, p99 } = await loadWith(origin, next);
    figures[name] = perSecond;
    figures[`${name}P99`] = p99;
  }
  return figures;
}

function newJob(name) {
  return { name, target: { type: 'http', method: 'POST', url: 'http://example.com/hook' }, tags: ['bench'] };
}

/** Leaves the database as the next round expects it. */
export async function jobIds() {
  const client = await connectPostgres();
  await client.query(`DELETE FROM jobs WHERE name NOT LIKE 'seeded-%'`);
  await client.query(`DELETE FROM executions WHERE phase <> 'final'`);
  const { rows } = await client.query('SELECT id FROM jobs ORDER BY id');
  await client.end();
  return rows.map(({ id }) => id);
}
