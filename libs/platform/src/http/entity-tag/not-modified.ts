import { type Response } from 'express';
import { etagOf } from './entity-tag.js';

/**
 * Sets `ETag` on an answer that has a `version`. @returns whether it is a read whose If-None-Match names it, to be answered
 * 304. Express could do the latter, but not for clients that send `Cache-Control: no-cache` along, as Node's `fetch` does
 * unasked.
 */
export function isNotModified(response: Response, body: object): boolean {
  if (!('version' in body) || typeof body.version !== 'number') return false;
  const etag = etagOf(body.version);
  response.set('ETag', etag);
  // What changes without a new version must neither be cached nor be answered as unchanged.
  if (response.get('Cache-Control') === 'no-store') return false;
  const { method } = response.req;
  return (method === 'GET' || method === 'HEAD') && matchesAny(response.req.get('If-None-Match'), etag);
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2): a cache on the way may have weakened our tag. */
function matchesAny(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const tags = header.split(',').map((given) => given.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
