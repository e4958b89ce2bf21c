/** Seconds from the start of a process to its first success on /health/ready. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, untilOk } from './api-process.mjs';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const LOOK_EVERY_MS = 10;

export async function measure({ what }) {
  return what === 'standalone' ? measureStandalone() : { [what]: await secondsOf(await startApp(what)) };
}

/** Installed and built, as after the first `npm start`; cold = with no database yet. */
async function measureStandalone() {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'scheduler-bench-'));
  chmodSync(dataDir, 0o755); // PostgreSQL runs as another user where this one is root
  try {
    const cold = await secondsOf(await startStandalone(dataDir));
    return { cold, warm: await secondsOf(await startStandalone(dataDir)) };
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function startApp(app) {
  const port = await freePort();
  const main = path.join(process.env.BENCH_DIST, `apps/${app}/src/main.js`);
  const env = { ...process.env, PORT: String(port), WORKER_PORT: String(port), QUEUE_BACKEND: 'redis' };
  return { startedAt: performance.now(), port, child: fork(main, { env, execArgv: [] }) };
}

async function startStandalone(dataDir) {
  const [port, workerPort] = [await freePort(), await freePort()];
  const env = { ...process.env, DATA_DIR: dataDir, PORT: String(port), WORKER_PORT: String(workerPort) };
  for (const name of ['DATABASE_URL', 'QUEUE_DATABASE_URL', 'REDIS_URL']) delete env[name];
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['scripts/start.mjs'], { cwd: ROOT, env, stdio: 'ignore' });
  return { startedAt, port, child };
}

async function secondsOf({ startedAt, port, child }) {
  try {
    await untilOk(`http://127.0.0.1:${port}/health/ready`, LOOK_EVERY_MS);
    return (performance.now() - startedAt) / 1_000;
  } finally {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  }
}
