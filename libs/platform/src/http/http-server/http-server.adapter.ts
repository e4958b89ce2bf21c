import { ExpressAdapter } from '@nestjs/platform-express';
import { createServer, type ServerOptions } from 'node:http';
import { answerBrokenRequests } from './broken-requests.js';

/** A slow sender holds a socket and nothing else; these bound for how long. Bodies are at most 1 MB. */
const LIMITS: ServerOptions = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Longer than the 60 s after which load balancers drop idle connections, so that the closing side is theirs.
  keepAliveTimeout: 65_000,
  // Node looks every 30 s, which would make 40 s of the first.
  connectionsCheckingInterval: 1_000,
  // Request line and headers together; Node's default, said because a URL may be this long and no longer.
  maxHeaderSize: 16 * 1024,
  requireHostHeader: true,
  insecureHTTPParser: false,
};

/** Express on a server that does not wait for ever. Nest's own makes one without options, and two of these need that. */
export class HttpServerAdapter extends ExpressAdapter {
  constructor(private readonly limits: ServerOptions = {}) {
    super();
  }

  override initHttpServer(): void {
    const server = createServer({ ...LIMITS, ...this.limits }, this.getInstance());
    // Node drops the 2,001st header without a word, an If-Match too; the size already limits how many fit.
    server.maxHeadersCount = 0;
    answerBrokenRequests(server);
    this.httpServer = server;
  }
}
