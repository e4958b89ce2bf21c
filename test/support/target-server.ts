import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { waitFor } from './wait-for.js';

/** How one call is answered. Several in a row are used up one by one; the last one stays. */
export interface TargetAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Before the answer begins. */
  readonly delayMs?: number;
  /** The answer begins no sooner than this is resolved. */
  readonly until?: Promise<void>;
  /** Never answers. */
  readonly hang?: boolean;
  /** Sends the body one byte at a time with this pause: slow, but never idle. */
  readonly dripMs?: number;
}

export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** `Date.now()` when the head had arrived. */
  readonly arrivedAtMs: number;
  /** `Date.now()` when the caller gave up before it had its answer. */
  abortedAtMs: number | null;
}

/** A real HTTP server on loopback which remembers every call and answers as told. */
export class TargetServer {
  readonly requests: RecordedRequest[] = [];
  /** How many were opened, whatever was sent on them. */
  connections = 0;
  /** The most calls that ever waited for their answer at once. */
  mostUnderWay = 0;
  private underWay = 0;
  private readonly scripts = new Map<string, TargetAnswer[]>();
  private port = 0;
  private readonly server = createServer((request, response) => void this.onRequest(request, response));

  static async start(): Promise<TargetServer> {
    const target = new TargetServer();
    target.server.on('connection', () => (target.connections += 1));
    target.server.listen(0, '127.0.0.1');
    await once(target.server, 'listening');
    target.port = (target.server.address() as AddressInfo).port;
    return target;
  }

  url(path: string): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  /** Refuses connections from now on. */
  goAway(): Promise<void> {
    return this.stop();
  }

  /** Where it was before. */
  async comeBack(): Promise<void> {
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
  }

  /** Paths without a script answer 200 `ok`. */
  answer(path: string, ...answers: readonly TargetAnswer[]): void {
    this.scripts.set(path, [...answers]);
  }

  /** Calls to `path` wait for their answer until the returned function is called. */
  hold(path: string): () => void {
    let release = (): void => undefined;
    const until = new Promise<void>((resolve) => (release = resolve));
    this.answer(path, { until });
    return release;
  }

  requestsTo(path: string): RecordedRequest[] {
    return this.requests.filter((request) => request.path === path);
  }

  /** Resolves with all calls to `path` as soon as there are `count`. */
  waitForRequests(path: string, count: number, timeoutMs = 15_000): Promise<RecordedRequest[]> {
    return waitFor(() => this.requestsTo(path).length >= count && this.requestsTo(path), {
      timeoutMs,
      describe: `${count} request(s) to ${path}`,
    });
  }

  async stop(): Promise<void> {
    if (!this.server.listening) return;
    this.server.close();
    this.server.closeAllConnections();
    await once(this.server, 'close');
  }

  private async onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const arrivedAtMs = Date.now();
    const path = request.url ?? '/';
    const answer = this.nextAnswer(path);
    const recorded: RecordedRequest = {
      method: request.method ?? '',
      path,
      headers: request.headers,
      body: await readBody(request),
      arrivedAtMs,
      abortedAtMs: null,
    };
    this.underWay += 1;
    this.mostUnderWay = Math.max(this.mostUnderWay, this.underWay);
    response.once('close', () => {
      this.underWay -= 1;
      if (!response.writableFinished) recorded.abortedAtMs = Date.now();
    });
    this.requests.push(recorded);
    await answer.until;
    respond(response, answer);
  }

  private nextAnswer(path: string): TargetAnswer {
    const script = this.scripts.get(path) ?? [];
    return (script.length > 1 ? script.shift() : script[0]) ?? {};
  }
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

function respond(response: ServerResponse, answer: TargetAnswer): void {
  if (answer.hang) return;
  const timer = setTimeout(() => {
    response.writeHead(answer.status ?? 200, answer.headers);
    const body = answer.body ?? 'ok';
    if (answer.dripMs === undefined) response.end(body);
    else drip(response, body, answer.dripMs);
  }, answer.delayMs ?? 0);
  response.once('close', () => clearTimeout(timer));
}

function drip(response: ServerResponse, body: string, pauseMs: number): void {
  const bytes = [...Buffer.from(body)];
  const timer = setInterval(() => {
    const next = bytes.shift();
    if (next === undefined) response.end();
    else response.write(Buffer.of(next));
  }, pauseMs);
  response.once('close', () => clearInterval(timer));
}
