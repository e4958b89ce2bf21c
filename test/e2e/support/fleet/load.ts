import { setTimeout as wait } from 'node:timers/promises';
import type { Fleet } from './fleet.js';

export interface LoadReport {
  readonly requests: number;
  /** `GET /jobs: 503`, once for each. */
  readonly failures: readonly string[];
}

interface Request {
  readonly method: string;
  readonly path: string;
  readonly body?: object;
}

/** Requests at a steady rate, whether the ones before are answered or not, until it is stopped. */
export class Load {
  private readonly failures: string[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private requests = 0;
  private stopped = false;
  private readonly sending: Promise<void>;

  constructor(
    private readonly fleet: Fleet,
    private readonly perSecond: number,
    private readonly nextRequest: (number: number) => Request,
  ) {
    this.sending = this.send();
  }

  async stop(): Promise<LoadReport> {
    this.stopped = true;
    await this.sending;
    await Promise.all(this.underWay);
    return { requests: this.requests, failures: this.failures };
  }

  private async send(): Promise<void> {
    const startedAt = performance.now();
    while (!this.stopped) {
      const due = ((performance.now() - startedAt) / 1_000) * this.perSecond;
      while (this.requests < due) this.track(this.nextRequest(this.requests++));
      await wait(5);
    }
  }

  private track(request: Request): void {
    const answered = this.ask(request).finally(() => this.underWay.delete(answered));
    this.underWay.add(answered);
  }

  private async ask({ method, path, body }: Request): Promise<void> {
    try {
      const response = await fetch(this.fleet.nextApiUrl() + path, {
        method,
        ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
        signal: AbortSignal.timeout(20_000),
      });
      await response.arrayBuffer();
      if (!response.ok) this.failures.push(`${method} ${path}: ${response.status}`);
    } catch (error) {
      const { cause, message } = error as Error & { cause?: { code?: string } };
      this.failures.push(`${method} ${path}: ${cause?.code ?? message}`);
    }
  }
}
