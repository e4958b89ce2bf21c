import { Logger } from '@nestjs/common';
import { boundToRequest } from '@app/platform/request-context';
import { type NextFunction, type Request, type Response } from 'express';

const logger = new Logger('http');

/** One line per answer, in the request's context, so that it carries the id. Failures of ours are worth reading by default; the rest is for whoever looks closely. */
export function accessLog(request: Request, response: Response, next: NextFunction): void {
  const startedAtMs = performance.now();
  const write = boundToRequest(() => {
    const durationMs = Math.round(performance.now() - startedAtMs);
    const [path] = request.originalUrl.split('?', 1);
    const outcome = response.writableFinished ? String(response.statusCode) : 'aborted';
    const line = `${request.method} ${path} ${outcome} ${durationMs} ms`;
    if (response.statusCode >= 500) logger.log(line);
    else logger.debug(line);
  });
  response.once('close', write);
  next();
}
