/**
 * Headers owned by the connection, headers that would make a target compress, and headers a target must be able to trust,
 * such as the one that tells a retry from a new run.
 */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'idempotency-key',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'traceparent',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
]);
const RESERVED_PREFIX = 'x-scheduler-';

/** Whether jobs are forbidden to set the header. @param name in lower case */
export function isReservedHeader(name: string): boolean {
  return RESERVED_HEADERS.has(name) || name.startsWith(RESERVED_PREFIX);
}
