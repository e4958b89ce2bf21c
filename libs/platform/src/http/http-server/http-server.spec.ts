import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type HttpApp, startLimitedHttpApp } from '../testing/http-app.js';
import { ThingsController } from '../testing/things.controller.js';

/** The products' own are 10 s and 30 s. */
const LIMITS = { headersTimeout: 300, requestTimeout: 600, connectionsCheckingInterval: 50 };
const HEAD = 'Host: x\r\nContent-Type: application/json\r\n';

let app: HttpApp;

beforeAll(async () => {
  app = await startLimitedHttpApp(LIMITS, [ThingsController]);
});
afterAll(() => app.close());

/** Everything that the server says until it ends the connection. */
async function answerTo(send: (socket: Socket) => unknown): Promise<string> {
  const { port, hostname } = new URL(app.url);
  const socket = connect(Number(port), hostname);
  let received = '';
  socket.on('data', (chunk) => (received += String(chunk)));
  // A server that closes while its client still sends: a reset, and no fault of the test.
  socket.on('error', () => undefined);
  send(socket);
  if (!socket.destroyed) await once(socket, 'close');
  return received;
}

function dripInto(socket: Socket, byte: string): void {
  const timer = setInterval(() => socket.write(byte), 20);
  socket.once('close', () => clearInterval(timer));
}

function drip(head: string, byte: string): (socket: Socket) => void {
  return (socket) => {
    socket.write(head);
    dripInto(socket, byte);
  };
}

const text = (request: string) => (socket: Socket) => socket.write(request);

describe('what is no whole request', () => {
  it.each<[what: string, status: number, code: string, send: (socket: Socket) => unknown]>([
    ['no HTTP', 400, 'malformed_request', text('hello\r\n\r\n')],
    ['a request without Host', 400, 'malformed_request', text('GE\u0000T / HTTP/1.1\r\n\r\n')],
    ['a verb nobody knows', 400, 'malformed_request', text('BREW / HTTP/1.1\r\nHost: x\r\n\r\n')],
    [
      'a length and chunks',
      400,
      'malformed_request',
      text(
        `POST /things HTTP/1.1\r\n${HEAD}Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      ),
    ],
    [
      'two lengths',
      400,
      'malformed_request',
      text(`POST /things HTTP/1.1\r\n${HEAD}Content-Length: 4\r\nContent-Length: 5\r\n\r\n`),
    ],
    [
      'a length that is no number',
      400,
      'malformed_request',
      text(`POST /things HTTP/1.1\r\n${HEAD}Content-Length: +5\r\n\r\n`),
    ],
    [
      'a URL of 20 KB',
      431,
      'headers_too_large',
      text(`GET /${'a'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`),
    ],
    [
      'headers of 20 KB',
      431,
      'headers_too_large',
      text(`GET / HTTP/1.1\r\nHost: x\r\n${`X-A: ${'b'.repeat(90)}\r\n`.repeat(200)}\r\n`),
    ],
    ['headers drop by drop', 408, 'request_timeout', drip('GET / HTTP/1.1\r\nHost: x\r\nX-A: ', 'a')],
    [
      'a body drop by drop',
      408,
      'request_timeout',
      drip(`POST /things HTTP/1.1\r\n${HEAD}Content-Length: 1000\r\n\r\n`, ' '),
    ],
    [
      'a body shorter than its length',
      408,
      'request_timeout',
      text(`POST /things HTTP/1.1\r\n${HEAD}Content-Length: 1000\r\n\r\n{}`),
    ],
  ])('%s ends with %d and the connection', async (_what, status, code, send) => {
    const answer = await answerTo(send);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain('Content-Type: application/problem+json');
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status, code, errors: [] });
  });

  it('does not hold back who comes with a whole one', async () => {
    const slow = answerTo(drip('GET / HTTP/1.1\r\nHost: x\r\nX-A: ', 'a'));
    expect((await fetch(`${app.url}/things`)).status).toBe(200);
    await slow;
  });
});

describe('a connection', () => {
  const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const bad = `POST /things HTTP/1.1\r\n${HEAD}Content-Length: 5\r\n\r\n{"a":`;

  it('answers what was sent behind a refused body', async () => {
    const answer = await answerTo(text(`${bad}${get('/things?limit=1')}BAD`));
    expect(answer).toMatch(/^HTTP\/1.1 400 [^]*malformed_json[^]*HTTP\/1.1 200 OK[^]*"items":\[1\]/);
  });

  it('takes what a body has beyond its length for the next request, and no part of the one before', async () => {
    const body = '{"name":"a"}';
    const request = `POST /things HTTP/1.1\r\n${HEAD}Content-Length: ${body.length}\r\n\r\n${body}`;
    const answer = await answerTo(text(`${request}{"name":"b"}`));
    expect(answer.match(/HTTP\/1.1 \d+/g)?.slice(0, 1)).toEqual(['HTTP/1.1 201']);
    expect(answer).not.toContain('"b"');
  });
});
