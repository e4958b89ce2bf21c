import { AsyncLocalStorage } from 'node:async_hooks';

/** What is known of the request being answered, wherever its code runs: for log lines, problems and outgoing calls. */
export interface RequestContext {
  readonly requestId: string;
  /** W3C trace context that the work continues: the request's own span, or the caller's where it was well formed. */
  readonly traceparent: string | null;
}

const storage = new AsyncLocalStorage<RequestContext>();

export function runInRequestContext<T>(context: RequestContext, work: () => T): T {
  return storage.run(context, work);
}

/** `null` outside a request. */
export function currentRequestId(): string | null {
  return storage.getStore()?.requestId ?? null;
}

/** `null` outside a request, and when the caller sent none or a malformed one. */
export function currentTraceparent(): string | null {
  return storage.getStore()?.traceparent ?? null;
}
