/** What jobs call: `/ok`, a gigabyte at `/huge`, and `/drip`, which sends a byte a second without end. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { pipeline, Readable } from 'node:stream';

const GIGABYTE = 1024 ** 3;
const CHUNK = Buffer.alloc(64 * 1024, 'x');

export class Targets {
  /** When the first call of each execution arrived. */
  arrivals = new Map();
  #server = createServer((request, response) => void this.#answer(request, response));

  static async start() {
    const targets = new Targets();
    targets.#server.listen(0, '127.0.0.1');
    await once(targets.#server, 'listening');
    return targets;
  }

  url(at) {
    return `http://127.0.0.1:${this.#server.address().port}${at}`;
  }

  async stop() {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  #answer(request, response) {
    const id = request.headers['x-scheduler-execution-id'];
    if (!this.arrivals.has(id)) this.arrivals.set(id, performance.now());
    request.resume();
    if (request.url === '/huge') return flood(response);
    if (request.url === '/drip') return drip(response);
    response.end('ok');
  }
}

/** Until it is all sent, or whoever asked has hung up. */
function flood(response) {
  response.writeHead(200);
  pipeline(Readable.from(gigabyte()), response, () => undefined);
}

function* gigabyte() {
  for (let sent = 0; sent < GIGABYTE; sent += CHUNK.length) yield CHUNK;
}

function drip(response) {
  response.writeHead(200);
  const timer = setInterval(() => response.write('.'), 1_000);
  response.once('close', () => clearInterval(timer));
}
