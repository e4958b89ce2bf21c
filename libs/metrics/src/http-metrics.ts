import { type NextFunction, type Request, type Response } from 'express';
import { Histogram } from 'prom-client';

const duration = new Histogram({
  name: 'scheduler_http_request_duration_seconds',
  help: 'From the head of a request to the last byte of its answer.',
  labelNames: ['method', 'route', 'status'],
  buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
});

/** A label for each method that someone makes up would be a time series for each. */
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Express middleware that measures every request. Goes first, so that those refused early are measured too. */
export function measureHttp(request: Request, response: Response, next: NextFunction): void {
  const stop = duration.startTimer();
  response.once('close', () => stop({ ...labelsOf(request), status: response.statusCode }));
  next();
}

/** The template `/jobs/:jobId`, never the path: ids would make a time series each. */
function labelsOf(request: Request): { method: string; route: string } {
  const route = request.route as { readonly path?: unknown } | undefined;
  return {
    method: METHODS.has(request.method) ? request.method : 'other',
    route: typeof route?.path === 'string' ? route.path : 'unmatched',
  };
}
