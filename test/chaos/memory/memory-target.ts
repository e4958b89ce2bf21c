import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const PIECE = Buffer.alloc(64 * 1024, 'x');

/** Answers `/quick` at once, `/flood/<bytes>` with so many of them, and `/held` when it is told to. */
export class MemoryTarget {
  private readonly waiting = new Set<ServerResponse>();
  private readonly server = createServer((request, response) => this.onCall(request, response));

  async start(): Promise<this> {
    this.server.listen({ port: 0, host: '127.0.0.1', backlog: 4_096 });
    await once(this.server, 'listening');
    return this;
  }

  url(path: string): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}${path}`;
  }

  get heldCount(): number {
    return this.waiting.size;
  }

  release(): void {
    for (const response of this.waiting) response.end('ok');
  }

  async stop(): Promise<void> {
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private onCall(request: IncomingMessage, response: ServerResponse): void {
    request.resume();
    const [kind, bytes] = (request.url ?? '').split('/').filter(Boolean);
    if (kind === 'flood') return flood(response, Number(bytes));
    if (kind !== 'held') return void response.end('ok');
    this.waiting.add(response);
    response.once('close', () => this.waiting.delete(response));
  }
}

/** As fast as it is taken, until all is sent or the reader has gone. */
function flood(response: ServerResponse, bytes: number): void {
  let left = bytes;
  const go = () => {
    while (left > 0 && !response.destroyed) {
      left -= PIECE.length;
      if (!response.write(PIECE)) return void response.once('drain', go);
    }
    response.end();
  };
  go();
}
