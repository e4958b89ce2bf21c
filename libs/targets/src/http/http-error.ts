import { errors } from 'undici';
import { EgressDeniedError, unconnected } from '../egress/egress-connector.js';
import {
  type AbortReason,
  failed,
  type OutcomeFailed,
  type OutcomeUncalled,
  type RunResult,
  uncalled,
} from '../outcome.js';
import { invalidTarget } from '../target-faults.js';

/** Deliberately coarse: the system's own messages name internal addresses, and more detail would not help the reader. */
const NETWORK_MESSAGES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  EPIPE: 'connection reset',
  UND_ERR_SOCKET: 'connection closed before the answer was complete',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'connection closed before the answer was complete',
  ETIMEDOUT: 'connection timed out',
  UND_ERR_CONNECT_TIMEOUT: 'connection timed out',
  EHOSTUNREACH: 'host unreachable',
  ENETUNREACH: 'network unreachable',
  EADDRNOTAVAIL: 'no local port left',
  EMFILE: 'too many open sockets',
  ENOTFOUND: 'host name not found',
  ENODATA: 'host name not found',
  EAI_AGAIN: 'host name lookup failed',
  LOOKUPS_BUSY: 'host name not looked up: others of its service are slow',
  HTTP_PARSER: 'the answer is not valid HTTP',
  UND_ERR_HEADERS_OVERFLOW: 'response headers too large',
  CERT_HAS_EXPIRED: 'TLS certificate expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'TLS certificate is for another host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'TLS certificate not trusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'TLS certificate not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'TLS certificate not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'TLS certificate not trusted',
  EPROTO: 'TLS handshake failed',
};

const LOOK_AGAIN_MS = 5_000;

const INVALID_REQUEST_CODES: ReadonlySet<string> = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);
const TIMEOUT_CODES: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/**
 * Nobody is there, as far as a connection can show. Not included: unknown names, bad certificates and invalid
 * answers, which should be reported at once and cost the host nothing, and faults of this machine.
 */
const AWAY_CODES: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'UND_ERR_SOCKET',
  'ETIMEDOUT',
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'EAI_AGAIN',
]);

/** Did a call without an answer find nobody there? Yes if it ran out of time; if it was cancelled, we cannot know. */
export function foundNobody(error: unknown, signal: AbortSignal): boolean {
  if (signal.aborted) return (signal.reason as AbortReason).type === 'timeout';
  return AWAY_CODES.has(codeOf(error) ?? '');
}

/** No connection was made, so the target cannot have seen the call. Its code does not show that: it can come later too. */
export function wasNeverSent(error: unknown): boolean {
  return unconnected.has(error as Error);
}

/** What an error of the HTTP client means for the run. An error without a code is our bug and is rethrown. */
export function outcomeOfError(error: unknown, result: RunResult | null): OutcomeFailed {
  if (error instanceof EgressDeniedError) return egressDenied(error.message);
  const code = codeOf(error);
  if (code === null) throw error;
  if (INVALID_REQUEST_CODES.has(code)) return invalidTarget((error as Error).message);
  if (TIMEOUT_CODES.has(code)) {
    return failed('timeout', { type: 'timeout', message: 'the target did not answer in time' }, { result });
  }
  return failed('network', { type: 'network', message: networkMessage(code) }, { result });
}

export function egressDenied(message: string): OutcomeFailed {
  return failed('egress', { type: 'egress_denied', message });
}

/** @param origin scheme, host and port: the parts of a URL that cannot be secret */
export function circuitOpen(origin: string, retryInMs: number): OutcomeUncalled {
  const message = `not called: ${origin} does not answer`;
  return uncalled({ type: 'circuit_open', message }, retryInMs);
}

/** Other names of the service are so slow that this one was not looked up. The run comes again; no attempt is spent. */
export function notLookedUp(): OutcomeUncalled {
  const message = 'not called: the names of other hosts of this service are slow to look up';
  return uncalled({ type: 'lookups_busy', message }, LOOK_AGAIN_MS);
}

function codeOf(error: unknown): string | null {
  if (error instanceof errors.HTTPParserError) return 'HTTP_PARSER'; // its own code is not always set
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'string' ? code : null;
}

function networkMessage(code: string): string {
  if (code.startsWith('ERR_SSL')) return 'TLS handshake failed';
  return NETWORK_MESSAGES[code] ?? `network error (${code})`;
}
