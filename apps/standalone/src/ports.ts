import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { StartupFault } from '@app/platform/lifecycle';
import { errorCode } from './error-code.js';

export function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 0 && port <= 65_535;
}

/** Listens for a moment: the one test that also finds ports held in other network namespaces or by other users. */
export async function isPortFree(port: number, host: string): Promise<boolean> {
  const server = createServer();
  try {
    server.listen({ port, host, exclusive: true });
    await once(server, 'listening');
    return true;
  } catch (error) {
    if (errorCode(error) === 'EADDRINUSE') return false;
    throw new StartupFault(
      `Cannot listen on ${host}:${port} (${errorCode(error)}). Choose another: HOST=127.0.0.1 PORT=3000`,
    );
  } finally {
    server.close();
  }
}

/** @param patienceMs how long children of a killed predecessor may take to let go of the port. */
export async function requireFreePort(
  name: string,
  port: number,
  host: string,
  patienceMs: number,
): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await isPortFree(port, host))) {
    if (performance.now() > deadline) {
      throw new StartupFault(
        `Port ${port} on ${host} is in use. Stop what listens there, or choose another: ${name}=${port + 10} npm start`,
      );
    }
    await delay(100);
  }
}

export async function firstFreePort(from: number, host: string): Promise<number> {
  for (let port = from; port < from + 100; port++) {
    if (await isPortFree(port, host)) return port;
  }
  throw new StartupFault(
    `No free port between ${from} and ${from + 99} on ${host}. Name one: WORKER_PORT=… npm start`,
  );
}

/** A port that nothing uses now, chosen by the kernel. */
export async function anyFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address ? address.port : 0;
}
