import { randomBytes } from 'node:crypto';
import type { IdGenerator } from '@opentelemetry/sdk-trace-base';

interface SpanIdentity {
  readonly traceId: string;
  readonly spanId: string;
}

/**
 * Lets the next span have ids that are known beforehand: the parent of a span may be recorded by another process, later,
 * or not at all, so its id is derived from what both know rather than sent along.
 */
export class ChosenIds implements IdGenerator {
  private next: SpanIdentity | null = null;

  /** Holds for the spans begun by `begin`, which must not wait. */
  with<T>(identity: SpanIdentity, begin: () => T): T {
    this.next = identity;
    try {
      return begin();
    } finally {
      this.next = null;
    }
  }

  generateTraceId = (): string => this.next?.traceId ?? randomBytes(16).toString('hex');

  generateSpanId = (): string => this.next?.spanId ?? randomBytes(8).toString('hex');
}
