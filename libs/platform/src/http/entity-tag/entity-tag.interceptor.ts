import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import { type Response } from 'express';
import { type Observable, tap } from 'rxjs';
import { etagOf } from './entity-tag.js';

/** Sets `ETag` on every answer that has a `version`; Express then answers a matching If-None-Match with 304. */
@Injectable()
export class EntityTagInterceptor implements NestInterceptor {
  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const response = context.switchToHttp().getResponse<Response>();
    return next.handle().pipe(tap((body) => setEntityTag(response, body)));
  }
}

function setEntityTag(response: Response, body: unknown): void {
  if (typeof body !== 'object' || body === null || !('version' in body)) return;
  if (typeof body.version === 'number' && !response.headersSent) response.set('ETag', etagOf(body.version));
}
