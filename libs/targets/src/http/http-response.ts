import type { Dispatcher } from 'undici';
import type { RunResult } from '../outcome.js';
import { OutputCapture } from '../output-capture.js';
import type { Redaction } from '../redaction.js';

/** How much of a response is read before its socket is destroyed. */
const READ_LIMIT_BYTES = 1024 * 1024;

/** An answer may come byte by byte. */
const PIECE_BYTES = 16 * 1024;

const HEADER_VALUE_LIMIT = 1_000;

/** Enough to understand an answer, and nothing that a target would call a secret, such as a cookie. */
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
  /** Why the body ended before it was complete, if it did: an abort or a network error. */
  readonly error: unknown;
  /** Where it redirects to, as it came: what the result keeps of it is for reading. Null also for several at once. */
  readonly location: string | null;
}

/** Reads at most 1 MB, keeps 64 KB, and never decompresses: what a small answer unpacks to is the target's choice. */
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
      capture.add(redacted.push(chunk));
      if (readBytes > READ_LIMIT_BYTES) break; // leaving the loop destroys the socket
    }
  } catch (thrown) {
    error = thrown;
  }
  const isWhole = error === null && readBytes <= READ_LIMIT_BYTES;
  capture.add(isWhole ? redacted.end() : redacted.breakOff());
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

/** Without secrets before it is cut: nobody knows half of one by its looks. */
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
