/** Requests/s of the api process, and of a bare Express handler that does the same query. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { seedExecutions, seedJobs } from '../seeding.mjs';
import { loadWith } from './load.mjs';
import { connectPostgres } from './postgres.mjs';

const JOBS = 1_000;
const EXECUTIONS = 100_000;
const BARE = fileURLToPath(new URL('api-bare.mjs', import.meta.url));

export async function prepare() {
  const client = await connectPostgres();
  await seedJobs(client, JOBS);
  await seedExecutions(client, { executions: EXECUTIONS, jobs: JOBS });
  await client.query('VACUUM ANALYZE jobs, executions');
  await client.end();
}

export async function measure({ server }) {
  const port = await freePort();
  const main = server === 'ours' ? path.join(process.env.BENCH_DIST, 'apps/api/src/main.js') : BARE;
  const child = fork(main, {
    env: { ...process.env, PORT: String(port), QUEUE_BACKEND: 'redis' },
    execArgv: [],
  });
  const origin = `http://127.0.0.1:${port}`;
  try {
    await untilAnswering(origin);
    return await measureRequests(origin, await jobIds());
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
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
async function jobIds() {
  const client = await connectPostgres();
  await client.query(`DELETE FROM jobs WHERE name NOT LIKE 'seeded-%'`);
  await client.query(`DELETE FROM executions WHERE phase <> 'final'`);
  const { rows } = await client.query('SELECT id FROM jobs ORDER BY id');
  await client.end();
  return rows.map(({ id }) => id);
}

async function untilAnswering(origin) {
  const deadline = performance.now() + 20_000;
  for (;;) {
    const isUp = await fetch(`${origin}/jobs?limit=1`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isUp) return;
    if (performance.now() > deadline) throw new Error(`${origin} does not answer`);
    await delay(50);
  }
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  return port;
}
