import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Request, type Response } from 'express';
import { type Observable, tap } from 'rxjs';

/** Sets `Link: <…>; rel="next"` (RFC 8288) on every answer with a `nextCursor`, so that clients need build no URL. */
@Injectable()
export class PageLinkInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    return next.handle().pipe(tap((body) => setNextLink(http.getRequest(), http.getResponse(), body)));
  }
}

function setNextLink(request: Request, response: Response, body: unknown): void {
  if (typeof body !== 'object' || body === null || !('nextCursor' in body)) return;
  if (typeof body.nextCursor !== 'string') return;
  const [path = '', query] = request.originalUrl.split('?', 2);
  const parameters = new URLSearchParams(query);
  parameters.set('cursor', body.nextCursor);
  response.append('Link', `<${path}?${parameters.toString()}>; rel="next"`);
}
