import { AsyncLocalStorage } from 'node:async_hooks';

/** What is known of the request being answered, wherever its code runs: for log lines, problems and outgoing calls. */
export interface RequestContext {
  readonly requestId: string;
  /** W3C trace context that the work continues: the request's own span, or the caller's where it was well formed. */
  readonly traceparent: string | null;
}

interface Stored extends RequestContext {
  /** Whose rows its statements are about. Not known before the request is admitted, so it is filled in then. */
  service?: string | null;
  /** Who sent it. Not known before it is admitted, so it is filled in then. */
  actor?: string;
  keyUse?: KeyUse;
}

/** The idempotency key that a request runs under. */
export interface KeyUse {
  readonly service: string;
  readonly key: string;
  /** Proof of being the one who answers it. */
  readonly lock: string;
  /** What an earlier try made before it was cut off. */
  readonly madeId: string | null;
}

const storage = new AsyncLocalStorage<Stored>();

export function runInRequestContext<T>(context: RequestContext, work: () => T): T {
  return storage.run({ ...context }, work);
}

/** From here on, whatever the request does in the database is done for this service only. */
export function bindToService(service: string): void {
  const context = storage.getStore();
  if (context) context.service = service;
}

/** `work`, to be called later and from elsewhere, in the context that there is now. A fifth of what an AsyncResource costs. */
export function boundToRequest(work: () => void): () => void {
  const context = storage.getStore();
  return () => (context ? storage.run(context, work) : work());
}

/** For work that a request sets off and that is not its own: what is shared by all services. */
export function runForAllServices<T>(work: () => T): T {
  const context = storage.getStore();
  return context?.service ? storage.run({ ...context, service: null }, work) : work();
}

/** `null` outside a request, and in one that acts for no single service. */
export function currentService(): string | null {
  return storage.getStore()?.service ?? null;
}

/** From here on, whatever the request changes is put down to this actor. */
export function bindToActor(actor: string): void {
  const context = storage.getStore();
  if (context) context.actor = actor;
}

/** `null` outside a request, and before it is admitted. */
export function currentActor(): string | null {
  return storage.getStore()?.actor ?? null;
}

/** From here on the request answers for its idempotency key. */
export function bindToKey(keyUse: KeyUse): void {
  const context = storage.getStore();
  if (context) context.keyUse = keyUse;
}

/** `null` for a request without an idempotency key. */
export function currentKeyUse(): KeyUse | null {
  return storage.getStore()?.keyUse ?? null;
}

/** `null` outside a request. */
export function currentRequestId(): string | null {
  return storage.getStore()?.requestId ?? null;
}

/** `null` outside a request, and when the caller sent none or a malformed one. */
export function currentTraceparent(): string | null {
  return storage.getStore()?.traceparent ?? null;
}
