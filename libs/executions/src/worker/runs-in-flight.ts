import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AppConfig } from '@app/platform/config';
import type { AbortReason } from '@app/targets';
import { runMetrics } from './run-metrics.js';

/** The runs of this process, from claim to settle, and the one way to end any of them: cancel, time-out, lease loss and shutdown alike. */
@Injectable()
export class RunsInFlight implements OnModuleInit {
  private readonly controllers = new Map<string, AbortController>();

  constructor(private readonly config: AppConfig) {}

  onModuleInit(): void {
    this.measure();
  }

  get size(): number {
    return this.controllers.size;
  }

  /** @returns the signal that ends the run; `remove` must follow */
  add(executionId: string): AbortSignal {
    const controller = new AbortController();
    this.controllers.set(executionId, controller);
    this.measure();
    return controller.signal;
  }

  remove(executionId: string): void {
    this.controllers.delete(executionId);
    this.measure();
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

  private measure(): void {
    runMetrics.slots(this.size, this.config.workerConcurrency);
  }
}
