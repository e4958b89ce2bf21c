/** Closed-loop load: `CLIENTS` requests under way at any time. */
import { Pool } from 'undici';
import { quantile } from '../harness/statistics.mjs';

const CLIENTS = 32;
/** As servers are that run for weeks: V8 compiles by how often code ran, and slow cores need seconds for that. */
const WARM_UP_MS = 5_000;
const MEASURE_MS = 4_000;

/** @param next gives the next request: `{method, path, body}`. @returns requests/s and p99 ms; throws on a refusal */
export async function loadWith(origin, next) {
  const pool = new Pool(origin, { connections: CLIENTS });
  await drive(pool, next, WARM_UP_MS);
  const startedAt = performance.now();
  const times = await drive(pool, next, MEASURE_MS);
  const seconds = (performance.now() - startedAt) / 1_000;
  await pool.close();
  return { perSecond: times.length / seconds, p99: quantile(times, 0.99) };
}

async function drive(pool, next, forMs) {
  const until = performance.now() + forMs;
  const times = [];
  const client = async () => {
    while (performance.now() < until) times.push(await send(pool, next()));
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return times;
}

async function send(pool, { method = 'GET', path, body }) {
  const startedAt = performance.now();
  const answer = await pool.request({
    method,
    path,
    ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const text = await answer.body.text();
  if (answer.statusCode >= 300)
    throw new Error(`${method} ${path}: ${answer.statusCode} ${text.slice(0, 300)}`);
  return performance.now() - startedAt;
}
