import { once } from 'node:events';
import { createServer } from 'node:net';

/** Below the range from which Linux gives outgoing connections their ports: one of those could take ours meanwhile. */
const FIRST = 12_000;
const LAST = 32_000;

/** A port of loopback that nobody listens on, and most likely the next one neither. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST));
    if (await isFree(port)) return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer().listen(port, '127.0.0.1');
  const isListening = await Promise.race([
    once(server, 'listening').then(() => true),
    once(server, 'error').then(() => false),
  ]);
  server.close();
  return isListening;
}
