import { runInRequestContext } from '@app/platform/request-context';
import { randomPool } from '@app/platform/clock';
import { type NextFunction, type Request, type Response } from 'express';
import { v7 as uuidv7 } from 'uuid';
import { traceRequest } from './request-trace.js';

const random = randomPool();
/**
 * Probes and scrapes get no context: nothing they do asks whose request it is, and they come to workers too, which
 * otherwise enter no AsyncLocalStorage: see `runLogFields`.
 */
const PROBE = /^\/(health\/(startup|live|ready)|metrics)$/;
const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** Gives every request an id, the caller's own where it is harmless in a log, and echoes it. */
export function requestContext(request: Request, response: Response, next: NextFunction): void {
  const given = request.get('X-Request-Id') ?? '';
  const requestId = REQUEST_ID.test(given) ? given : uuidv7({ random: random(16) });
  response.set('X-Request-Id', requestId);
  if (request.method === 'GET' && PROBE.test(request.path)) return next();
  runInRequestContext({ requestId, traceparent: traceRequest(request, response) }, next);
}
