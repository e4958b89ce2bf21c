import {
  type Attributes,
  ROOT_CONTEXT,
  type SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from '@opentelemetry/api';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import { BatchSpanProcessor, BasicTracerProvider } from '@opentelemetry/sdk-trace-base';
import { ChosenIds } from './chosen-ids.js';

export interface TracingOptions {
  /** Base URL of an OTLP/HTTP receiver, such as `http://collector:4318`; spans go to `/v1/traces` below it. */
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Of the traces that begin here, from 0 to 1; whoever continues a caller's trace follows the caller. */
  readonly sampledRatio: number;
  readonly service: { readonly name: string; readonly version: string };
}

/** A span that has ended. */
export interface FinishedSpan {
  readonly name: string;
  readonly kind: SpanKind;
  readonly traceId: string;
  readonly spanId: string;
  /** Left out for the first span of a trace. */
  readonly parentSpanId?: string;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly attributes: Attributes;
  /** What went wrong, in a few words without secrets. */
  readonly error?: string;
}

interface Running {
  readonly provider: BasicTracerProvider;
  readonly ids: ChosenIds;
  readonly sampledRatio: number;
}

/** Of the process: spans are recorded where they are measured, as metrics are. */
let running: Running | null = null;

/** Off until `startTracing`: whoever would build a span asks first, so that tracing costs nothing unless wanted. */
export function isTracing(): boolean {
  return running !== null;
}

export function startTracing({ endpoint, headers, sampledRatio, service }: TracingOptions): void {
  const ids = new ChosenIds();
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const provider = new BasicTracerProvider({
    idGenerator: ids,
    resource: resourceFromAttributes({ 'service.name': service.name, 'service.version': service.version }),
    spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter({ url, headers: { ...headers } }))],
  });
  running = { provider, ids, sampledRatio };
}

/** Sends what is left; a receiver that does not answer costs no more than its time-out. */
export async function stopTracing(): Promise<void> {
  const stopped = running;
  running = null;
  await stopped?.provider.shutdown().catch(() => undefined);
}

/** Whether a trace that begins here is kept: the same answer in every process, by the random end of its id. */
export function isSampled(traceId: string): boolean {
  if (!running) return false;
  return Number.parseInt(traceId.slice(-8), 16) / 0x1_0000_0000 < running.sampledRatio;
}

/** Does nothing while tracing is off. */
export function recordSpan(span: FinishedSpan): void {
  if (!running) return;
  const tracer = running.provider.getTracer('job-scheduler');
  const options = { kind: span.kind, startTime: span.startedAt, attributes: span.attributes };
  const recorded = running.ids.with(span, () => tracer.startSpan(span.name, options, parentOf(span)));
  if (span.error !== undefined) recorded.setStatus({ code: SpanStatusCode.ERROR, message: span.error });
  recorded.end(span.endedAt);
}

function parentOf({ traceId, parentSpanId }: FinishedSpan) {
  if (parentSpanId === undefined) return ROOT_CONTEXT;
  const parent = { traceId, spanId: parentSpanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, parent);
}
