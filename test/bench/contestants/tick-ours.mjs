/** One round of firing, every 50 ms, while 1,000 schedules a second fall due of however many are stored. */
import { setTimeout as delay } from 'node:timers/promises';
import { quantile } from '../harness/statistics.mjs';
import { seedJobs, seedSchedules } from '../seeding.mjs';
import { connectPostgres } from './postgres.mjs';
import { fromProduct, startFirer } from './product.mjs';

const PER_SECOND = 1_000;
const TICK_EVERY_MS = 50;
const TICKS = 200;
const WARM_UP_TICKS = 20;

export async function prepare({ schedules }) {
  const client = await connectPostgres();
  await seedJobs(client, 100);
  await seedSchedules(client, { schedules, jobs: 100, perSecond: PER_SECOND, firstInMs: 0 });
  await client.query('VACUUM ANALYZE schedules');
  await client.query('CHECKPOINT');
  await client.end();
}

export async function measure() {
  const app = await startFirer();
  const { ScheduleFirer } = await fromProduct('libs/scheduler/src/schedule-firer.js');
  const firer = app.get(ScheduleFirer);
  const client = await connectPostgres();
  await client.query('TRUNCATE executions');
  await client.end();
  // What fell due while others were measured.
  while ((await firer.fireDue()).more);
  for (let tick = 0; tick < WARM_UP_TICKS; tick++) await timeOf(firer);
  const times = [];
  let fired = 0;
  const startedAt = performance.now();
  for (let tick = 0; tick < TICKS; tick++) {
    const round = await timeOf(firer);
    times.push(round.elapsed);
    fired += round.fired;
  }
  const firesPerSecond = (fired * 1_000) / (performance.now() - startedAt);
  await app.close();
  // A tick with nothing due costs next to nothing and says nothing.
  if (firesPerSecond < PER_SECOND / 2) throw new Error(`only ${firesPerSecond.toFixed(0)} fires/s were due`);
  return { p50: quantile(times, 0.5), p99: quantile(times, 0.99), firesPerSecond };
}

async function timeOf(firer) {
  const startedAt = performance.now();
  const { fired } = await firer.fireDue();
  const elapsed = performance.now() - startedAt;
  await delay(Math.max(1, TICK_EVERY_MS - elapsed));
  return { elapsed, fired };
}
