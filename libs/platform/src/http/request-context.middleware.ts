import { runInRequestContext } from '@app/platform/request-context';
import { type NextFunction, type Request, type Response } from 'express';
import { v7 as uuidv7 } from 'uuid';

const REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;
/** Version 00 of https://www.w3.org/TR/trace-context/; ids of zeros only are invalid there. */
const TRACEPARENT = /^00-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/;

/** Gives every request an id, the caller's own where it is harmless in a log, and echoes it. */
export function requestContext(request: Request, response: Response, next: NextFunction): void {
  const given = request.get('X-Request-Id') ?? '';
  const requestId = REQUEST_ID.test(given) ? given : uuidv7();
  const traceparent = request.get('traceparent') ?? '';
  response.set('X-Request-Id', requestId);
  runInRequestContext({ requestId, traceparent: TRACEPARENT.test(traceparent) ? traceparent : null }, next);
}
