import { Injectable } from '@nestjs/common';
import type { AbortReason } from '@app/targets';

/** The runs of this process, from claim to settle, and the one way to end any of them: cancel, time-out, lease loss and shutdown alike. */
@Injectable()
export class RunsInFlight {
  private readonly controllers = new Map<string, AbortController>();

  get size(): number {
    return this.controllers.size;
  }

  /** @returns the signal that ends the run; `remove` must follow */
  add(executionId: string): AbortSignal {
    const controller = new AbortController();
    this.controllers.set(executionId, controller);
    return controller.signal;
  }

  remove(executionId: string): void {
    this.controllers.delete(executionId);
  }

  ids(): string[] {
    return [...this.controllers.keys()];
  }

  abort(executionId: string, reason: AbortReason): void {
    this.controllers.get(executionId)?.abort(reason);
  }

  abortAll(reason: AbortReason): void {
    for (const controller of this.controllers.values()) controller.abort(reason);
  }
}
