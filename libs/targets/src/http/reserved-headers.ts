/**
 * What the connection and the framing own, what would make a target compress its answer, and what a target trusts to come
 * from the scheduler: one that could not could not tell a repeat from a new run.
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

/** Whether a job may not set that header. @param name in lower case */
export function isReservedHeader(name: string): boolean {
  return RESERVED_HEADERS.has(name) || name.startsWith(RESERVED_PREFIX);
}
