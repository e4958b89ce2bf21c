/**
 * The image's HEALTHCHECK, `node healthcheck.mjs [port | socket]`: ends with 0 when the app in this container says it is
 * ready, or when a command runner greets at the socket.
 */
import { once } from 'node:events';
import { connect } from 'node:net';

const where = process.argv[2] || process.env.PORT || '3000';
const TIMEOUT_MS = 4_000;

try {
  process.exitCode = (await (where.startsWith('/') ? greets(where) : isReady(where))) ? 0 : 1;
} catch (error) {
  console.error(`${where}: ${error.cause?.code ?? error.message}`);
  process.exitCode = 1;
}

async function isReady(port) {
  const { ok } = await fetch(`http://127.0.0.1:${port}/health/ready`, {
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  return ok;
}

async function greets(socketPath) {
  const socket = connect(socketPath);
  try {
    const [greeting] = await once(socket, 'data', { signal: AbortSignal.timeout(TIMEOUT_MS) });
    return JSON.parse(String(greeting)).type === 'hello';
  } finally {
    socket.destroy();
  }
}
