import { randomBytes } from 'node:crypto';
import { SpanKind } from '@opentelemetry/api';
import { type Request, type Response } from 'express';
import {
  formatTraceparent,
  isSampled,
  isTracing,
  parseTraceparent,
  recordSpan,
  type TraceContext,
} from '@app/platform/tracing';

/** Probes and scrapes come every few seconds and say nothing. */
const UNTRACED = /^\/(health|metrics)(\/|$)/;

/**
 * The trace context that a request's work continues: its own span while tracing is on, else the caller's as it came.
 * `null` when there is none.
 */
export function traceRequest(request: Request, response: Response): string | null {
  const given = request.get('traceparent') ?? '';
  const caller = parseTraceparent(given);
  if (!isTracing() || UNTRACED.test(request.path)) return caller && given;
  const traceId = caller?.traceId ?? randomBytes(16).toString('hex');
  const own = {
    traceId,
    spanId: randomBytes(8).toString('hex'),
    isSampled: caller?.isSampled ?? isSampled(traceId),
  };
  if (own.isSampled) recordAtEnd(request, response, own, caller);
  return formatTraceparent(own);
}

function recordAtEnd(
  request: Request,
  response: Response,
  own: TraceContext,
  caller: TraceContext | null,
): void {
  const startedAt = new Date();
  response.once('close', () => {
    const route = templateOf(request);
    recordSpan({
      name: route === null ? request.method : `${request.method} ${route}`,
      kind: SpanKind.SERVER,
      traceId: own.traceId,
      spanId: own.spanId,
      startedAt,
      endedAt: new Date(),
      ...(caller && { parentSpanId: caller.spanId }),
      attributes: {
        'http.request.method': request.method,
        'http.response.status_code': response.statusCode,
        ...(route !== null && { 'http.route': route }),
      },
      ...(response.statusCode >= 500 && { error: String(response.statusCode) }),
    });
  });
}

/** The template, never the path: a trace's name must not have ids in it. */
function templateOf(request: Request): string | null {
  const route = request.route as { readonly path?: unknown } | undefined;
  return typeof route?.path === 'string' ? route.path : null;
}
