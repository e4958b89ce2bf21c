import { setTimeout as delay } from 'node:timers/promises';

/** A request that was cut off keeps its idempotency key for a minute. */
const PATIENCE_MS = 150_000;
const PAUSE_MS = 250;
const CALL_TIMEOUT_MS = 10_000;

interface Page<T> {
  readonly items: readonly T[];
  readonly nextCursor: string | null;
}

/** The api as any client sees it: it may be away for a while, and says so with 503 or not at all. */
export class ApiClient {
  private creations = 0;

  /** @param keyPrefix tells the idempotency keys of several clients apart */
  constructor(
    private readonly urls: readonly string[],
    private readonly keyPrefix = 'chaos',
  ) {}

  /** Repeated under one idempotency key until it is accepted. */
  create<T>(path: string, body: object): Promise<T> {
    this.creations += 1;
    const headers = {
      'Content-Type': 'application/json',
      'Idempotency-Key': `${this.keyPrefix}-${this.creations}`,
    };
    return this.patiently<T>(path, { method: 'POST', headers, body: JSON.stringify(body) });
  }

  get<T>(path: string): Promise<T> {
    return this.patiently<T>(path, {});
  }

  /** All pages, one after another. */
  async list<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: Page<T> = await this.get(`${path}&limit=200${cursor && `&cursor=${cursor}`}`);
      items.push(...page.items);
      cursor = page.nextCursor;
    }
    return items;
  }

  /** One try. @throws Error for anything but 2xx */
  async once<T>(path: string, init: RequestInit, tryNumber = 0): Promise<T> {
    const url = this.urls[tryNumber % this.urls.length] ?? '';
    const response = await fetch(url + path, { ...init, signal: AbortSignal.timeout(CALL_TIMEOUT_MS) });
    const text = await response.text();
    if (response.ok) return JSON.parse(text) as T;
    throw new RefusedCall(response.status, `${init.method ?? 'GET'} ${path}: ${response.status} ${text}`);
  }

  private async patiently<T>(path: string, init: RequestInit): Promise<T> {
    const deadline = performance.now() + PATIENCE_MS;
    for (let tryNumber = 0; ; tryNumber++) {
      try {
        return await this.once<T>(path, init, tryNumber);
      } catch (error) {
        const isFinal = error instanceof RefusedCall && error.status < 500 && error.status !== 409;
        if (isFinal || performance.now() > deadline) throw error;
        await delay(PAUSE_MS);
      }
    }
  }
}

class RefusedCall extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}
