/** The api, runs and start delays again, in a database that has much stored already. */
import * as api from './api.mjs';
import * as delay from './delay-ours.mjs';
import { connectPostgres } from './postgres.mjs';
import * as runs from './runs-ours.mjs';

export const prepare = api.prepare;

const RUNS = { backend: 'redis', runs: 10_000, warmUpRuns: 3_000, concurrency: 300, isEmpty: false };
const DELAY = { backend: 'redis', perSecond: 500, concurrency: 300 };

export async function measure() {
  await forgetOwn();
  const figures = await api.measure({ server: 'ours' });
  await forgetOwn();
  const { perSecond: runsPerSecond } = await runs.measure(RUNS);
  await forgetOwn();
  const { p99: delayP99 } = await delay.measure(DELAY);
  await forgetOwn();
  return { ...figures, runsPerSecond, delayP99 };
}

/** What was measured with leaves no trace in what is stored, nor in what is to be written when the next one is measured. */
async function forgetOwn() {
  const client = await connectPostgres();
  const own = `(SELECT id FROM jobs WHERE name NOT LIKE 'seeded-%')`;
  await client.query(`DELETE FROM schedules WHERE job_id IN ${own}`);
  // Two statements, each by its index: one with OR would read all that is stored, and leave nothing else in the cache.
  await client.query(`DELETE FROM executions WHERE job_id IN ${own}`);
  await client.query(`DELETE FROM executions WHERE phase <> 'final'`);
  await client.query(`DELETE FROM jobs WHERE id IN ${own}`);
  await client.query('VACUUM schedules, executions');
  await client.query('CHECKPOINT');
  await client.end();
}
