import type { RequestHandler } from 'express';
import type { DrainState } from '@app/platform/health';

/**
 * Every answer of a drain ends its connection. A client that keeps its connections would otherwise send on one in the very
 * moment in which the server closes what is idle, and see it reset.
 */
export function sendAwayWhileDraining(drain: DrainState): RequestHandler {
  return (_request, response, next) => {
    if (drain.isDraining) response.set('Connection', 'close');
    next();
  };
}
