import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { map, type Observable } from 'rxjs';
import { etagOf } from './entity-tag.js';

/**
 * Sets `ETag` on every answer that has a `version`, and answers 304 to a GET whose If-None-Match names it. Express could
 * do the latter, but not for clients that send `Cache-Control: no-cache` along, as Node's `fetch` does unasked.
 */
@Injectable()
export class EntityTagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    return next.handle().pipe(map((body) => tag(http.getRequest(), http.getResponse(), body)));
  }
}

function tag(request: Request, response: Response, body: unknown): unknown {
  const version = versionOf(body);
  if (version === null || response.headersSent) return body;
  response.set('ETag', etagOf(version));
  const isRead = request.method === 'GET' || request.method === 'HEAD';
  if (!isRead || !matchesAny(request.get('If-None-Match'), etagOf(version))) return body;
  response.status(304);
  return undefined;
}

function versionOf(body: unknown): number | null {
  if (typeof body !== 'object' || body === null || !('version' in body)) return null;
  return typeof body.version === 'number' ? body.version : null;
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2): a cache on the way may have weakened our tag. */
function matchesAny(header: string | undefined, etag: string): boolean {
  const tags = (header ?? '').split(',').map((given) => given.trim().replace(/^W\//, ''));
  return tags.includes('*') || tags.includes(etag);
}
