/** What the figures were measured on, and how busy it was with other things. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { root } from './code.mjs';

const QUIET_LOAD = 1.5;
const PACKAGES = ['bullmq', 'cron-parser', 'pg', '@nestjs/core'];
const PEERS = ['croner', 'graphile-worker', 'pg-boss'];

export async function describeMachine(adminUrl) {
  return {
    cpu: `${cpus().length} × ${cpus()[0]?.model.trim()}`,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    postgres: await postgresVersion(adminUrl),
    redis: redisVersion(),
    commit: commit(),
    packages: {
      ...versions(path.join(root, 'node_modules'), PACKAGES),
      ...versions(path.join(root, 'test/bench/node_modules'), PEERS),
    },
  };
}

/** Waits for the others on this machine to be done, but not for ever. @returns the load average of a minute then */
export async function untilQuiet(seconds) {
  const deadline = performance.now() + seconds * 1_000;
  while (loadavg()[0] > QUIET_LOAD && performance.now() < deadline) await delay(1_000);
  const [load] = loadavg();
  if (load > QUIET_LOAD)
    console.log(`The machine is busy (load ${load.toFixed(1)}): trust the ratios alone.`);
  return load;
}

async function postgresVersion(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query('SHOW server_version');
  await client.end();
  return rows[0].server_version;
}

function redisVersion() {
  return /v=(\S+)/.exec(execFileSync('redis-server', ['--version'], { encoding: 'utf8' }))?.[1];
}

function commit() {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty'], { cwd: root, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}

function versions(modules, names) {
  return Object.fromEntries(names.map((name) => [name, versionOf(path.join(modules, name, 'package.json'))]));
}

function versionOf(manifest) {
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}
