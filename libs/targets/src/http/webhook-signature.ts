import { createHmac } from 'node:crypto';
import type { HttpRequest } from './http-request.js';

const PREFIX = 'whsec_';

/**
 * The headers of Standard Webhooks 1.0. The id is the same in every attempt, so that a receiver recognizes a repeat; the
 * time is that of this attempt, so that it can refuse old calls. One signature for each secret, newest first.
 * @param secrets `whsec_…`
 */
export function signatureHeaders(
  { body }: Pick<HttpRequest, 'body'>,
  id: string,
  secrets: readonly string[],
  nowMs: number,
): Record<string, string> {
  if (secrets.length === 0) return {};
  const timestamp = Math.floor(nowMs / 1_000);
  const signed = `${id}.${timestamp}.${body ?? ''}`;
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': secrets.map((secret) => signatureOf(signed, secret)).join(' '),
  };
}

function signatureOf(signed: string, secret: string): string {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return `v1,${createHmac('sha256', key).update(signed).digest('base64')}`;
}
