import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answer = (request: ReceivedRequest, response: ServerResponse) => void;

/** A real HTTP server on loopback that answers as told and remembers the requests. */
export class TargetServer {
  readonly received: ReceivedRequest[] = [];
  /** How many connections were opened, whether or not anything was sent on them. */
  connections = 0;

  private constructor(private readonly server: Server) {}

  static async start(answer: Answer, host = '127.0.0.1'): Promise<TargetServer> {
    const server = createServer();
    const target = new TargetServer(server);
    server.on('request', (request, response) => void target.receive(request, response, answer));
    server.on('connection', () => target.connections++);
    server.listen(0, host);
    await once(server, 'listening');
    return target;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    const { address } = this.server.address() as AddressInfo;
    return `http://${address}:${this.port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async receive(request: IncomingMessage, response: ServerResponse, answer: Answer): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url: path = '', headers } = request;
    const received = { method, path, headers, body: Buffer.concat(chunks).toString() };
    this.received.push(received);
    answer(received, response);
  }
}
