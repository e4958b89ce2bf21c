import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { root } from '../setup.mjs';

/** Where the service of this environment is; "all addresses" is none to connect to. */
export function apiUrl() {
  const host = process.env.HOST?.trim() || '127.0.0.1';
  const reachable = { '0.0.0.0': '127.0.0.1', '::': '::1' }[host] ?? host;
  return `http://${reachable.includes(':') ? `[${reachable}]` : reachable}:${process.env.PORT?.trim() || 3000}`;
}

/** Uses the service that runs, or starts one. @returns `stop()`, which ends only what was started here. */
export async function ensureService() {
  if (await isReady()) return { stop: async () => undefined };
  console.log('No service on this machine yet; starting one …');
  const service = launch();
  await untilReady(service);
  return { stop: () => stop(service) };
}

/** A session of its own: Ctrl-C ends the demo first, which deletes its jobs before it stops the service. */
function launch() {
  return spawn(process.execPath, [path.join(root, 'scripts', 'start.mjs')], {
    cwd: root,
    detached: process.platform !== 'win32',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
}

async function untilReady(service) {
  while (!(await isReady())) {
    if (service.exitCode !== null) throw new Error('The service did not start; the reason is above.');
    await delay(200);
  }
}

async function isReady() {
  try {
    return (await fetch(`${apiUrl()}/health/ready`)).ok;
  } catch {
    return false;
  }
}

async function stop(service) {
  if (service.exitCode !== null) return;
  const exited = once(service, 'exit');
  service.kill('SIGTERM');
  await exited;
}
