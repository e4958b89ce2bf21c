import { ExpressAdapter } from '@nestjs/platform-express';
import { createServer, type ServerOptions } from 'node:http';
import { type Express, type Response } from 'express';
import { isNotModified } from '../entity-tag/not-modified.js';
import { setNextLink } from '../paging/next-link.js';
import { answerBrokenRequests } from './broken-requests.js';
import { isPlain, sendJson } from './json-answer.js';
import { messageClassesFor } from './message-classes.js';

/** A slow sender takes up a socket and nothing else; these limit for how long. Bodies are at most 1 MB. */
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

/**
 * Express on a server with time-outs. Nest's own adapter makes its server without options, and two of these can be given in
 * no other way.
 */
export class HttpServerAdapter extends ExpressAdapter {
  constructor(private readonly limits: ServerOptions = {}) {
    super();
  }

  override initHttpServer(): void {
    const app: Express = this.getInstance();
    const server = createServer({ ...LIMITS, ...messageClassesFor(app), ...this.limits }, app);
    // Node drops the 2,001st header without a word, an If-Match too; the size already limits how many fit.
    server.maxHeadersCount = 0;
    answerBrokenRequests(server);
    this.httpServer = server;
  }

  /**
   * Sends what a handler answered. What all answers have in common is added here and not by interceptors: each of those puts
   * promises and observables around every handler, together a tenth of a read's time in Node.
   */
  override reply(response: Response, body: unknown, status?: number): unknown {
    if (typeof body !== 'object' || body === null || response.headersSent)
      return super.reply(response, body, status);
    setNextLink(response, body);
    if (isNotModified(response, body)) return super.reply(response, undefined, 304);
    if (!isPlain(body)) return super.reply(response, body, status);
    if (status !== undefined) response.status(status);
    return sendJson(response, body);
  }
}
