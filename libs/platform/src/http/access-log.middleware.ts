import { Logger } from '@nestjs/common';
import { boundToRequest } from '@app/platform/request-context';
import { type NextFunction, type Request, type Response } from 'express';

const logger = new Logger('http');

/**
 * One line per answer, in the request's context, so that it carries the id. What was refused, and what failed, is worth
 * reading by default: its caller has the id, and may ask why. Not of strangers and of whoever asks too much, who could fill
 * the log by it. The rest is for whoever looks closely.
 */
export function accessLog(request: Request, response: Response, next: NextFunction): void {
  const startedAtMs = performance.now();
  const write = boundToRequest(() => {
    const durationMs = Math.round(performance.now() - startedAtMs);
    const [path] = request.originalUrl.split('?', 1);
    const outcome = response.writableFinished ? String(response.statusCode) : 'aborted';
    const line = `${request.method} ${path} ${outcome} ${durationMs} ms`;
    if (isWorthReading(response.statusCode, 'principal' in request)) logger.log(line);
    else logger.debug(line);
  });
  response.once('close', write);
  next();
}

function isWorthReading(status: number, isKnown: boolean): boolean {
  return status >= 500 || (status >= 400 && status !== 429 && isKnown);
}
