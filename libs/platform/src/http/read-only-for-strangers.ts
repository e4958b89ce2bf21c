import { NotFoundException } from '@nestjs/common';
import { type NextFunction, type Request, type Response } from 'express';
import { leaveBodyUnread } from './json-body/unread-body.js';

/**
 * Lets a request pass of whom nobody knows who sends it, as a read: up to 1 MB of JSON from anybody would be parsed on the
 * event loop that serves those with a credential. Other methods are answered like a route that is not there, as 404 or 405.
 */
export function readOnlyForStrangers(request: Request, _response: Response, next: NextFunction): void {
  leaveBodyUnread(request);
  if (request.method === 'GET' || request.method === 'HEAD') return next();
  next(new NotFoundException(`Cannot ${request.method} ${request.path}`));
}
