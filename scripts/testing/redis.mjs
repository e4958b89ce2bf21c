import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { anyFreePort } from '../../dist/apps/standalone/src/ports.js';
import { stopWithUs } from '../../dist/apps/standalone/src/stop-with-us.js';

const READY_TIMEOUT_MS = 10_000;

/** A Redis of our own, in memory only. Undefined where it is not installed: said loudly, and refused in CI. */
export async function startRedis(folder) {
  if (spawnSync('redis-server', ['--version']).error) return missing();
  const port = await anyFreePort();
  const flags = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', [...flags, '--maxmemory-policy', 'noeviction'].map(String), {
    stdio: 'ignore',
    detached: true,
  });
  stopWithUs(server);
  await untilAnswering(server, port);
  return { url: `redis://127.0.0.1:${port}`, stop: () => stop(server) };
}

function missing() {
  if (process.env.CI === 'true') throw new Error('redis-server is not installed, and CI=true needs it.');
  console.error('\n  !!  redis-server is not on PATH: every test of the Redis queue is SKIPPED.  !!\n');
  return undefined;
}

async function untilAnswering(server, port) {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (!(await answers(port))) {
    if (server.exitCode !== null) throw new Error(`redis-server ended with exit code ${server.exitCode}.`);
    if (performance.now() > deadline) throw new Error('redis-server does not answer.');
    await delay(20);
  }
}

async function answers(port) {
  const socket = connect(port, '127.0.0.1');
  try {
    socket.write('PING\r\n');
    const [reply] = await once(socket, 'data');
    return String(reply).startsWith('+PONG');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function stop(server) {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGTERM');
  await exited;
}
