export { formatTraceparent, parseTraceparent, type TraceContext } from './trace-context.js';
export { isSampled, isTracing, recordSpan } from './tracing.js';
export { TracingModule } from './tracing.module.js';
