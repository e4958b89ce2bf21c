import type { Dispatcher } from 'undici';
import type { RunResult } from '../outcome.js';
import { OutputCapture } from '../output-capture.js';
import type { Redaction } from '../redaction.js';

/** How much of a response is read before its socket is destroyed. */
const READ_LIMIT_BYTES = 1024 * 1024;

/** Redacting in pieces of this size stays cheap even if an answer comes byte by byte. */
const PIECE_BYTES = 16 * 1024;

const HEADER_VALUE_LIMIT = 1_000;

/** Enough to understand an answer, but nothing that a target would consider secret, such as a cookie. */
const KEPT_HEADERS: readonly string[] = [
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'location',
  'retry-after',
  'server',
  'x-request-id',
];

export interface HttpAnswer {
  readonly result: RunResult & { readonly statusCode: number };
  /** What cut the body short, if anything: an abort or a network error. */
  readonly error: unknown;
  /** Where it redirects to, unchanged; the copy in the result is only for reading. Null also if there are several. */
  readonly location: string | null;
}

/**
 * Reads at most 1 MB, keeps 64 KB and never decompresses: a small answer could unpack to any size. What is not kept is not
 * searched for secrets either.
 */
export async function readResponse(
  response: Dispatcher.ResponseData,
  redaction: Redaction,
): Promise<HttpAnswer> {
  const capture = new OutputCapture();
  const redacted = redaction.stream(PIECE_BYTES);
  let readBytes = 0;
  let error: unknown = null;
  try {
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      readBytes += chunk.length;
      if (!capture.isFull) capture.add(redacted.push(chunk));
      if (readBytes > READ_LIMIT_BYTES) break; // leaving the loop destroys the socket
    }
  } catch (thrown) {
    error = thrown;
  }
  const isWhole = error === null && readBytes <= READ_LIMIT_BYTES;
  if (!capture.isFull) capture.add(isWhole ? redacted.end() : redacted.breakOff());
  const { location } = response.headers;
  return {
    result: resultOf(response, redaction, capture, isWhole),
    error,
    location: typeof location === 'string' ? location : null,
  };
}

function resultOf(
  response: Dispatcher.ResponseData,
  redaction: Redaction,
  capture: OutputCapture,
  isWhole: boolean,
): HttpAnswer['result'] {
  const { output, truncated } = capture.read();
  return {
    statusCode: response.statusCode,
    headers: keptHeaders(response.headers, redaction),
    output,
    truncated: truncated || !isWhole,
  };
}

/** Secrets are removed before a value is cut: half a secret would not be recognized. */
function keptHeaders(
  headers: Dispatcher.ResponseData['headers'],
  redaction: Redaction,
): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of KEPT_HEADERS) {
    const value = headers[name];
    if (value === undefined) continue;
    kept[name] = redaction.text([value].flat().join(', ')).slice(0, HEADER_VALUE_LIMIT);
  }
  return kept;
}
