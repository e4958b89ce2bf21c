import { errors } from 'undici';
import { EgressDeniedError } from './egress-connector.js';
import { failed, type OutcomeFailed, type RunResult } from './outcome.js';

/** Coarse on purpose: the system's own texts name internal addresses, and the reader can act on no more than this. */
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

const INVALID_REQUEST_CODES: ReadonlySet<string> = new Set(['UND_ERR_INVALID_ARG', 'UND_ERR_NOT_SUPPORTED']);
const TIMEOUT_CODES: ReadonlySet<string> = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT']);

/** What an error of the client means for the run. One without a code is a bug of ours and is thrown again. */
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

export function invalidTarget(message: string): OutcomeFailed {
  return failed('target', { type: 'invalid_target', message });
}

/** @param isUnreadable it is there, and no key of SECRETS_KEYS opens it */
export function secretFault(name: string, isUnreadable: boolean): OutcomeFailed {
  return isUnreadable
    ? failed('target', { type: 'secret_unreadable', message: `the secret ${name} cannot be decrypted here` })
    : failed('target', { type: 'secret_missing', message: `there is no secret named ${name}` });
}

/** A receiver that checks signatures would refuse an unsigned call, and one that does not would learn not to. */
export function unsignable(): OutcomeFailed {
  return failed('target', {
    type: 'secret_unreadable',
    message: 'the signing secret cannot be decrypted here',
  });
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
