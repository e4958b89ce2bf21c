import { randomUUID } from 'node:crypto';
import { runInRequestContext } from '@app/platform/request-context';
import { type NextFunction, type Request, type Response } from 'express';
import { traceRequest } from './request-trace.js';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** Gives every request an id, the caller's own where it is harmless in a log, and echoes it. */
export function requestContext(request: Request, response: Response, next: NextFunction): void {
  const given = request.get('X-Request-Id') ?? '';
  const requestId = REQUEST_ID.test(given) ? given : randomUUID();
  response.set('X-Request-Id', requestId);
  runInRequestContext({ requestId, traceparent: traceRequest(request, response) }, next);
}
