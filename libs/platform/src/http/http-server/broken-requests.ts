import { problemBody } from '@app/platform/problem';
import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import { type Duplex } from 'node:stream';

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    status: 431,
    code: 'headers_too_large',
    detail: 'The request line and the headers are larger than 16 KB together.',
  },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: {
    status: 413,
    code: 'body_too_large',
    detail: 'The extensions of the chunks are too large.',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    status: 408,
    code: 'request_timeout',
    detail: 'The request did not arrive in time.',
  },
};
const MALFORMED: Refusal = { status: 400, code: 'malformed_request', detail: 'This is not HTTP.' };

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

/**
 * Bytes that are not HTTP never reach Express. They get a problem, after the answers to earlier requests, and the
 * connection is closed, because the start of the next request cannot be found. An answer already begun is left alone.
 */
export function answerBrokenRequests(server: Server): void {
  const latest = new WeakMap<Duplex, Exchange>();
  server.on('request', (request, response) => latest.set(request.socket, { request, response }));
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    const refusal = REFUSALS[error.code ?? ''] ?? MALFORMED;
    const exchange = latest.get(socket);
    if (exchange === undefined || exchange.response.writableFinished) return refuse(socket, refusal);
    const { request, response } = exchange;
    if (request.complete) response.once('close', () => refuse(socket, refusal));
    else if (response.headersSent) socket.destroy();
    else refuse(socket, refusal);
  });
}

function refuse(socket: Duplex, refusal: Refusal): void {
  if (socket.writable) socket.end(textOf(refusal), () => socket.destroy());
  else socket.destroy();
}

function textOf({ status, code, detail }: Refusal): string {
  const answer = { status, code, detail, errors: [], headers: {} };
  const body = JSON.stringify(problemBody(answer, '', null));
  return [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
