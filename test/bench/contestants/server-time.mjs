/** CPU time of the servers, all of their processes together, since they started. */
import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Redis } from 'ioredis';
import { connectPostgres } from './postgres.mjs';

/** Of /proc/<pid>/stat, on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;

/** @returns seconds of each; NaN where there is no /proc to read them from */
export async function serverSeconds() {
  const [postgres, redis] = await Promise.all([postgresSeconds().catch(() => NaN), redisSeconds()]);
  return { postgres, redis };
}

async function postgresSeconds() {
  const client = await connectPostgres();
  const { rows } = await client.query('SHOW data_directory');
  await client.end();
  const pidFile = await readFile(path.join(rows[0].data_directory, 'postmaster.pid'), 'utf8');
  const postmaster = Number(pidFile.split('\n')[0]);
  const times = await Promise.all((await pids()).map(timesOf));
  const own = times.find(({ pid }) => pid === postmaster);
  const children = times.filter(({ parent }) => parent === postmaster);
  const ticks = children.reduce((sum, { used }) => sum + used, own.used + own.ofEndedChildren);
  return ticks / TICKS_PER_SECOND;
}

async function pids() {
  return (await readdir('/proc')).filter((name) => /^\d+$/.test(name)).map(Number);
}

/** A process that ended meanwhile has nobody's time. */
async function timesOf(pid) {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (stat === null) return { pid, parent: 0, used: 0, ofEndedChildren: 0 };
  const fields = stat
    .slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number);
  return { pid, parent: fields[1], used: fields[11] + fields[12], ofEndedChildren: fields[13] + fields[14] };
}

async function redisSeconds() {
  const redis = new Redis(process.env.REDIS_URL);
  const info = await redis.info('cpu');
  redis.disconnect();
  return ['user', 'sys'].reduce(
    (sum, kind) => sum + Number(/** @type {any} */ (info.match(`used_cpu_${kind}:([\\d.]+)`))[1]),
    0,
  );
}
