export { formatTraceparent, parseTraceparent, type TraceContext } from './trace-context.js';
export { type FinishedSpan, isSampled, isTracing, recordSpan, startTracing, stopTracing } from './tracing.js';
export { TracingModule } from './tracing.module.js';
